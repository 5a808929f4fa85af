// node jsonfeed.mjs FILE...
//
// Judges JSON Feeds by the schema of version 1.1 and by the rules of <https://jsonfeed.org/version/1.1>
// that a schema cannot say. Prints FILE: FAULT lines, and exits 1 if there are any.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import Ajv from 'ajv'
import addFormats from 'ajv-formats'

const schema = createRequire(import.meta.url)('jsonfeed-schema/schema-v1.1.json')
const ajv = new Ajv.default({ allErrors: true, strict: false })
addFormats.default(ajv)
const obeysSchema = ajv.compile(schema)

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

function* faultsOfFeed(feed) {
  if (feed.version !== 'https://jsonfeed.org/version/1.1') yield `version is ${feed.version}`
  // "This should be considered required for feeds on the public web."
  if (!feed.home_page_url) yield 'no home_page_url'
  if (!feed.feed_url) yield 'no feed_url'
  if ('author' in feed) yield 'author is deprecated: authors'
  if (feed.next_url && feed.next_url === feed.feed_url) yield 'next_url is the feed itself'
  for (const hub of feed.hubs ?? []) if (!hub.type || !hub.url) yield 'a hub without type or url'

  const ids = new Set()
  for (const [n, item] of (feed.items ?? []).entries()) {
    for (const fault of faultsOfItem(item)) yield `item ${n}: ${fault}`
    if (ids.has(item.id)) yield `item ${n}: id ${item.id} again`
    ids.add(item.id)
  }
}

function* faultsOfItem(item) {
  // "If an item does not have an id, a reader will not know whether it has seen it": they drop it.
  if (typeof item.id !== 'string' || !item.id) yield 'no id'
  if (!('content_html' in item) && !('content_text' in item)) yield 'neither content_html nor content_text'
  if ('author' in item) yield 'author is deprecated: authors'
  for (const key of ['date_published', 'date_modified']) {
    if (key in item && !rfc3339.test(item[key])) yield `${key} is not in the form of RFC 3339: ${item[key]}`
  }
  for (const a of item.attachments ?? []) if (!a.url || !a.mime_type) yield 'an attachment without url or mime_type'
}

let faults = 0
for (const file of process.argv.slice(2)) {
  const tell = fault => {
    faults++
    console.log(`${file}: ${fault}`)
  }
  try {
    const feed = JSON.parse(readFileSync(file, 'utf8')) // which refuses a byte order mark
    if (!obeysSchema(feed)) for (const e of obeysSchema.errors) tell(`schema: ${e.instancePath || '/'} ${e.message}`)
    for (const fault of faultsOfFeed(feed)) tell(fault)
  } catch (error) {
    tell(error)
  }
}
process.exit(faults ? 1 : 0)
