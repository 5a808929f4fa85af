"use strict";
// Keeps the owner's page as it is now, and waits for what a button has asked for. Without it the page
// is as it was when it was loaded, and the buttons work.

const told = document.getElementById("told");

// local puts moments into the zone of whoever looks.
function local(root) {
	for (const time of root.querySelectorAll("time"))
		time.textContent = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium" });
}

async function refresh() {
	const answer = await fetch("./");
	if (answer.status === 401) return location.reload();
	if (!answer.ok) return;
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	local(page);
	for (const is of page.querySelectorAll(".live")) {
		const was = document.getElementById(is.id);
		if (was.innerHTML === is.innerHTML || was.contains(document.activeElement)) continue; // what is in use stays
		was.replaceWith(document.adoptNode(is));
	}
}

local(document);

let events;
function listen() {
	events = new EventSource("-/events");
	events.addEventListener("changed", () => refresh().catch(() => {}));
	let lost = false;
	events.addEventListener("error", () => { lost = true; });
	events.addEventListener("open", () => {
		if (lost) refresh().catch(() => {});
		lost = false;
	});
}

// A page that nobody sees needs no line.
document.addEventListener("visibilitychange", () => {
	events?.close();
	if (document.hidden) return;
	refresh().catch(() => {});
	listen();
});
if (!document.hidden) listen();

const fill = (text, ...parts) => parts.reduce((text, part) => text.replace("%s", part), text);

document.getElementById("rebuild").addEventListener("submit", async (event) => {
	event.preventDefault();
	const form = event.target, button = form.querySelector("button");
	button.disabled = true;
	told.textContent = "…";
	try {
		const answer = await fetch(form.action + "?wait=1", { method: "POST" });
		const r = await answer.json();
		told.textContent = answer.ok
			? fill(form.dataset.done, r.scanned, r.changed + r.removed, r.feeds_changed, r.took_ms)
			: fill(form.dataset.failed, r.error);
	} catch (error) {
		told.textContent = fill(form.dataset.failed, error.message);
	}
	button.disabled = false;
	button.focus();
});
