"use strict";
// Search and copy buttons. The pages do without: what needs this script is not there before it.

const told = document.getElementById("told");

// --- copying

const copyButton = document.getElementById("copy").content.firstElementChild;

function addCopy(parent, address, of) {
	const button = copyButton.cloneNode(true);
	button.dataset.address = address;
	button.setAttribute("aria-label", button.dataset.label.replace("%s", of));
	parent.append(button);
}

function addCopies(items) {
	for (const item of items) {
		const name = item.querySelector(".name, .format").textContent;
		addCopy(item.querySelector(".links") ?? item, item.querySelector("a[href]:not(.name)").href, name);
	}
}

async function copy(text) {
	if (navigator.clipboard) return navigator.clipboard.writeText(text);
	// Without TLS there is no clipboard but this one.
	const field = document.createElement("textarea");
	field.value = text;
	field.className = "unseen";
	document.body.append(field);
	field.select();
	const done = document.execCommand("copy");
	field.remove();
	if (!done) throw new Error("refused");
}

document.addEventListener("click", async (event) => {
	const button = event.target.closest(".copy");
	if (!button) return;
	const { address, done, failed } = button.dataset;
	button.dataset.text ??= button.textContent;
	try {
		await copy(address);
		button.textContent = told.textContent = done;
		button.classList.add("done");
	} catch {
		told.textContent = failed;
		told.classList.remove("unseen");
	}
	button.focus();
	clearTimeout(button.timer);
	button.timer = setTimeout(() => {
		button.textContent = button.dataset.text;
		button.classList.remove("done");
		told.textContent = "";
		told.classList.add("unseen");
	}, 2000);
});

addCopies(document.querySelectorAll(".address, .terms > li"));

// --- searching

const form = document.querySelector(".search");

// plain gives names that differ in case and accents alone one form.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// loadAll puts the whole lists in the place of those that show only the largest.
async function loadAll() {
	for (const link of document.querySelectorAll(".group a.all")) {
		const group = link.closest(".group");
		try {
			const answer = await fetch(link.href);
			if (!answer.ok) continue;
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const terms = document.adoptNode(page.querySelector(".terms"));
			addCopies(terms.children);
			group.querySelector(".terms").replaceWith(terms);
			link.closest("p").remove();
		} catch {
			// The base URL is not where the page was loaded from: the largest have to do.
		}
	}
}

function search(text) {
	const words = plain(text).split(/\s+/).filter(Boolean);
	let found = 0;
	for (const group of document.querySelectorAll(".group")) {
		let here = 0;
		for (const item of group.querySelectorAll(".terms > li")) {
			item.plain ??= plain(item.querySelector(".name").textContent);
			item.hidden = !words.every((word) => item.plain.includes(word));
			here += !item.hidden;
		}
		group.hidden = here === 0;
		found += here;
	}
	if (words.length === 0) told.textContent = "";
	else told.textContent = found ? form.dataset.some.replace("%s", found) : form.dataset.none;
	told.classList.toggle("unseen", found > 0 || words.length === 0);
	if (found === 0) form.after(told);
}

if (form) {
	const field = form.querySelector("input");
	let loading;
	form.hidden = false;
	form.addEventListener("submit", (event) => event.preventDefault());
	field.addEventListener("input", async () => {
		search(field.value);
		await (loading ??= loadAll());
		search(field.value);
	});
	if (field.value) field.dispatchEvent(new Event("input")); // the browser has kept it
}
