// node opml.mjs FILE
//
// Reads a list of feeds with npm's opmlparser and prints the address of each, a line each. Faults go
// to stderr, and it exits 1 if there are any.

import { createReadStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import OPMLParser from 'opmlparser'

const faults = []

function look(outline) {
  if (!outline.xmlurl) return
  console.log(outline.xmlurl)
  if (!outline.text) faults.push(`${outline.xmlurl}: no text`)
  if (!outline.title) faults.push(`${outline.xmlurl}: no title`)
  // OPML 2.0, "Subscription lists": of whatever format the feed is.
  if (outline['#type'] !== 'feed') faults.push(`${outline.xmlurl}: type is ${outline.type}`)
}

const parser = createReadStream(process.argv[2]).pipe(new OPMLParser())
parser.on('readable', () => {
  for (let outline; (outline = parser.read()); ) look(outline)
})
parser.on('error', error => faults.push(String(error)))
await finished(parser).catch(() => {}) // which its error has told
for (const fault of faults) console.error(fault)
process.exit(faults.length ? 1 : 0)
