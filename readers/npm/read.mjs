// node read.mjs LIBRARY URL...
//
// Reads each feed with a library of npm and prints what it understood: a line of JSON each, with
// the fields of the type reading in ../reading_test.go.

import { Readable } from 'node:stream'

// Each function returns {title, entries}, or throws.
const libraries = {
  async feedparser(url) {
    const { default: FeedParser } = await import('feedparser')
    const parser = Readable.from([Buffer.from(await fetchText(url))]).pipe(new FeedParser({ feedurl: url }))
    const items = []
    for await (const item of parser) items.push(item)
    return {
      title: parser.meta.title,
      entries: items.map(item => ({
        title: item.title,
        link: item.link,
        id: item.guid,
        date: item.pubdate,
        tags: item.categories,
        enclosures: item.enclosures.map(e => e.url),
      })),
    }
  },

  async 'rss-parser'(url) {
    const { default: Parser } = await import('rss-parser')
    const feed = await new Parser().parseURL(url)
    return {
      title: feed.title,
      entries: feed.items.map(item => ({
        title: item.title,
        link: item.link,
        id: item.guid ?? item.id,
        date: item.isoDate,
      })),
    }
  },

  async '@extractus/feed-extractor'(url) {
    const { extract } = await import('@extractus/feed-extractor')
    const feed = await extract(url)
    return {
      title: feed.title,
      entries: feed.entries.map(entry => ({
        title: entry.title,
        link: entry.link,
        id: entry.id,
        date: entry.published,
      })),
    }
  },

  async feedsmith(url) {
    const { parseFeed } = await import('feedsmith')
    const { format, feed } = parseFeed(await fetchText(url))
    return { title: textOf(feed.title), entries: (feed.items ?? feed.entries).map(feedsmithEntries[format]) }
  },
}

// feedsmith keeps to the names of each format.
const feedsmithEntries = {
  rss: item => ({
    title: textOf(item.title),
    link: item.link,
    id: item.guid?.value,
    date: item.pubDate,
    tags: item.categories?.map(c => c.name),
    enclosures: item.enclosures?.map(e => e.url),
  }),
  atom: entry => ({
    title: textOf(entry.title),
    link: entry.links.find(l => (l.rel ?? 'alternate') === 'alternate')?.href,
    id: entry.id,
    date: entry.published,
    tags: entry.categories?.map(c => c.term),
    enclosures: entry.links.filter(l => l.rel === 'enclosure').map(l => l.href),
  }),
  json: item => ({
    title: item.title,
    link: item.url,
    id: item.id,
    date: item.date_published,
    tags: item.tags,
    enclosures: item.attachments?.map(a => a.url),
  }),
}

function textOf(construct) {
  return construct?.value ?? construct
}

async function fetchText(url) {
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
  return answer.text()
}

function seconds(date) {
  return Math.floor(new Date(date).getTime() / 1000)
}

const [library, ...urls] = process.argv.slice(2)
for (const url of urls) {
  let reading
  try {
    reading = await libraries[library](url)
    for (const entry of reading.entries) entry.date = seconds(entry.date)
  } catch (error) {
    reading = { problems: [String(error)] }
  }
  console.log(JSON.stringify({ url, ...reading }))
}
