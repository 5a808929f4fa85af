package article

import "testing"

// seedShaped is an article such as a newsroom's importer writes.
const seedShaped = `---
title: "水车**又**转了：春汛之后的第一天"
date: "2025-02-11 16:55:09"
summary: "春汛来了，磨坊的水车又转了起来，面包师说这是今年最好的一天……"
categories:
  - "gazette"
lang:
  - "zh-CN"
translations:
  - "zh-CN"
tags:
  - "gazette"
menu: ""
thumbnail: "https://images.example.org/om/wheel_640360/0"
lead: ""
comments: false
authorbox: false
pager: true
toc: false
mathjax: false
sidebar: "right"
widgets:
  - "search"
  - "recent"
  - "taglist"
---

`

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
	const chinese = "春汛来了，磨坊的水车**又转了起来**。面包师站在门口，听见木轴吱呀作响。\n\n  \n\n"
	const prose = "The spring flood came early that year. Mr. Miller stood at the [sluice](/sluice/) and listened.\n\n"
	for _, bm := range []struct{ name, path, front, body string }{
		{"seed", "zh-CN/news/gazette/20250211A06D2N00.zh-CN.md", seedShaped, chinese},
		{"english", "posts/2024/mending-the-mill.md", english, prose},
		{"TOML", "posts/2024-03-09-mill.md", inTables, prose},
	} {
		b.Run(bm.name, func(b *testing.B) {
			src := []byte(bm.front)
			for len(src) < 5000 {
				src = append(src, bm.body...)
			}
			p := New(testOptions())
			b.ReportAllocs()
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				if a, problems := p.Parse(bm.path, src); a == nil || len(problems) > 0 {
					b.Fatal(a, problems)
				}
			}
		})
	}
}
