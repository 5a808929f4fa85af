// node podcast.mjs FOLDER FILE
//
// Shows an RSS document to podcast parsers of npm, each of which must find in it what want.json of
// the folder says. What one misses is a line of output.

import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'

process.env.PARTYTIME_LOG = 'silent'

const fileOf = e => e && `${e.url} ${e.type} ${e.length}`
const resourceOf = r => r && [r.url, r.type, r.language].filter(Boolean).join(' ')
const listOf = resources => resources?.map(resourceOf).join(', ')
const ownerOf = o => o && `${o.name} <${o.email}>`

// Each function gives a parser's findings the shape of want.json.
const parsers = {
  async podparse(xml) {
    const { default: parse } = await import('podparse')
    const { meta, episodes } = parse(xml)
    return {
      title: meta.title,
      author: meta.author,
      owner: ownerOf(meta.owner),
      image: meta.image?.url,
      categories: meta.category?.join(', ').replace('Arts, Books', 'Arts > Books'), // it flattens them
      explicit: meta.explicit,
      type: meta.type,
      guid: meta.guid,
      episodes: episodes.filter(e => e.enclosure).map(e => ({
        title: e.title,
        id: e.guid,
        file: fileOf(e.enclosure),
        season: e.season,
        episode: e.episode,
        type: e.episodeType,
        duration: e.duration,
        explicit: e.explicit,
        image: e.image?.url,
        transcripts: listOf(e.transcript),
        chapters: resourceOf(e.chapters),
      })),
    }
  },

  async 'podcast-partytime'(xml) {
    const { default: { parseFeed } } = await import('podcast-partytime')
    const feed = parseFeed(xml)
    const isTold = e => e.itunesEpisode !== undefined // what is not told is 0, false and the feed's language to it
    return {
      title: feed.title,
      author: feed.author,
      owner: ownerOf(feed.owner),
      image: feed.itunesImage,
      categories: feed.itunesCategory?.join(', '),
      explicit: feed.explicit,
      type: feed.itunesType,
      guid: feed.guid,
      episodes: feed.items.map(e => ({
        title: e.title,
        id: e.guid,
        file: fileOf(e.enclosure),
        season: e.itunesSeason,
        episode: e.itunesEpisode,
        type: e.itunesEpisodeType,
        duration: isTold(e) ? e.duration : undefined,
        explicit: isTold(e) ? e.explicit : undefined,
        image: e.itunesImage,
        transcripts: listOf(e.podcastTranscripts?.map(t => ({ ...t, language: t.language === feed.language ? undefined : t.language }))),
        chapters: resourceOf(e.podcastChapters),
      })),
    }
  },

  async feedsmith(xml) {
    const { parseRssFeed } = await import('feedsmith')
    const feed = parseRssFeed(xml)
    return {
      title: feed.title,
      author: feed.itunes?.author,
      owner: ownerOf(feed.itunes?.owner),
      image: feed.itunes?.image,
      categories: feed.itunes?.categories?.map(c => [c.text, ...(c.categories ?? []).map(s => s.text)].join(' > ')).join(', '),
      explicit: feed.itunes?.explicit,
      type: feed.itunes?.type,
      guid: feed.podcast?.guid,
      episodes: feed.items.filter(e => e.enclosures).map(e => ({
        title: e.title,
        id: e.guid?.value,
        file: fileOf(e.enclosures[0]),
        season: e.itunes?.season,
        episode: e.itunes?.episode,
        type: e.itunes?.episodeType,
        duration: e.itunes?.duration,
        explicit: e.itunes?.explicit,
        image: e.itunes?.image,
        transcripts: listOf(e.podcast?.transcripts),
        chapters: resourceOf(e.podcast?.chapters),
      })),
    }
  },
}

const [folder, file] = process.argv.slice(2)
const want = JSON.parse(readFileSync(`${folder}/want.json`, 'utf8'))
const xml = readFileSync(file, 'utf8')
for (const [name, parse] of Object.entries(parsers)) {
  const have = JSON.parse(JSON.stringify(await parse(xml))) // without what is undefined
  for (const key in want) {
    if (!isDeepStrictEqual(want[key], have[key])) {
      console.log(`${name}: ${key}: want ${JSON.stringify(want[key])}, have ${JSON.stringify(have[key])}`)
    }
  }
}
