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

func BenchmarkParse(b *testing.B) {
	src := []byte(seedShaped)
	for len(src) < 5000 {
		src = append(src, "春汛来了，磨坊的水车**又转了起来**。面包师站在门口，听见木轴吱呀作响。\n\n  \n\n"...)
	}
	p := New(testOptions())
	b.ReportAllocs()
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		if a, problems := p.Parse("zh-CN/news/gazette/20250211A06D2N00.zh-CN.md", src); a == nil || len(problems) > 0 {
			b.Fatal(a, problems)
		}
	}
}
