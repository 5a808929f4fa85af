"""python3 feedparser_read.py URL...

Reads each feed with feedparser, again with each of its validators, and prints what it understood: a
line of JSON each, with the fields of the type reading in reading_test.go.
"""

import calendar
import json
import sys

import feedparser


def read(url):
    feed = feedparser.parse(url)
    return {
        "url": url,
        "title": feed.feed.get("title"),
        "entries": [entry(e) for e in feed.entries],
        "problems": [*problems(feed), *stale(url, feed)],
    }


def entry(e):
    return {
        "title": e.get("title"),
        "link": e.get("link"),
        "id": e.get("id"),
        "date": calendar.timegm(e.published_parsed) if e.get("published_parsed") else 0,
        "tags": [tag.term for tag in e.get("tags", [])],
        "enclosures": [enclosure.href for enclosure in e.get("enclosures", [])],
    }


def problems(feed):
    if feed.bozo:
        yield f"not well-formed, or of the wrong type: {feed.bozo_exception!r}"
    if not feed.version:
        yield "format not recognised"


def stale(url, feed):
    """Asks again with the ETag, with the date, and with both: each time the answer must be 304."""
    etag, modified = feed.get("etag"), feed.get("modified")
    if not etag or not modified:
        yield f"ETag is {etag}, Last-Modified {modified}"
        return
    for validators in {"etag": etag}, {"modified": modified}, {"etag": etag, "modified": modified}:
        again = feedparser.parse(url, **validators)
        if again.get("status") != 304 or again.entries:
            yield f"asked with {' and '.join(validators)}: status {again.get('status')}, not 304"


for url in sys.argv[1:]:
    print(json.dumps(read(url)))
