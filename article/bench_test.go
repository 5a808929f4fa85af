package article

import (
	"strings"
	"testing"

	"feedmill/internal/corpus"
)

// english is one as a theme's documentation has it, with a key for everything.
const english = `---
title: "How the mill was *mended*"
linkTitle: The mill
date: 2024-03-09T08:30:00+01:00
lastmod: 2024-03-10
draft: false
description: What it took to make a wheel turn that had stood still for thirty years.
slug: mending-the-mill
author: Ann Miller
categories: [Craft, Water]
tags:
- wheels
- wood work
- rivers
keywords: [mill, wheel, mending]
featured_image: /images/wheel.jpg
toc: true
weight: 10
math: false
layout: single
type: posts
series: [Mills]
aliases:
- /2024/03/mill/
comments: true
license: CC-BY-4.0
---

`

const inTables = `+++
title = "How the mill was mended"
date = 2024-03-09T08:30:00+01:00
draft = false
description = "What it took to make a wheel turn that had stood still for thirty years."

[taxonomies]
categories = ["Craft"]
tags = ["wheels", "wood work"]

[extra]
author = "Ann Miller"
image = "/images/wheel.jpg"
+++

`

func BenchmarkParse(b *testing.B) {
	const prose = "The spring flood came early that year. Mr. Miller stood at the [sluice](/sluice/) and listened.\n\n"
	long := func(front string) []byte { return []byte(front + strings.Repeat(prose, 5000/len(prose))) }
	for _, bm := range []struct {
		name, path string
		src        []byte
	}{
		{"seed", "zh-CN/news/gazette/20250211A06D2N00.zh-CN.md", corpus.New(1).Article(0).Append(nil)},
		{"english", "posts/2024/mending-the-mill.md", long(english)},
		{"TOML", "posts/2024-03-09-mill.md", long(inTables)},
	} {
		b.Run(bm.name, func(b *testing.B) {
			p := New(testOptions())
			b.ReportAllocs()
			b.SetBytes(int64(len(bm.src)))
			for b.Loop() {
				if a, problems := p.Parse(bm.path, bm.src); a == nil || len(problems) > 0 {
					b.Fatal(a, problems)
				}
			}
		})
	}
}
