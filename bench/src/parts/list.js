// P5: a page of fifty, the first one and one far behind.
import { times } from '../harness/stage.js'
import { rawPost } from '../subjects/raw.js'
import { pageRequest } from './requests.js'

const farRow = 30_000

/** @type {import('../harness/stage.js').Part} */
export const list = {
  name: 'list',
  about: 'fifty external users of one channel, newest first (P5)',
  async run(stage) {
    const [raw, narthex, parse] = [await stage.raw(), await stage.narthex(), await stage.parseServer()]
    const { request: far, row, way } = await walkTo(narthex)
    const query = new URLSearchParams({ where: '{"channel":"web"}', order: '-createdAt', limit: '50' })
    const samples = await stage.measure([
      rawPost(raw),
      {
        name: 'Narthex, first page',
        does: 'key, rate and scope checked, filter validated, fifty accounts with the blocks that reach them, next cursor; its text is kept since it was last asked for',
        server: narthex,
        requests: [pageRequest(narthex)],
      },
      { name: 'Narthex, far page', does: `the same from row ${row} on, by cursor`, server: narthex, requests: [far] },
      {
        name: 'Narthex, other pages',
        does: `the pages on the way there, one after the other: they are more than are kept`,
        server: narthex,
        requests: way,
      },
      {
        name: 'parse-server',
        does: 'classes/ExternalUser with where, order and limit 50, with the master key',
        server: parse,
        requests: [{ method: 'GET', path: `/parse/classes/ExternalUser?${query}`, headers: parse.key }],
      },
    ])
    return {
      measured: [...samples.values()],
      findings: [
        {
          goal: 'P5',
          what: 'Narthex, first page',
          unit: '× raw POST',
          limit: { atMost: 4.5 },
          ...times(samples, 'Narthex, first page', 'raw POST'),
        },
        {
          goal: 'P5',
          what: 'a page that nobody asked for lately',
          unit: '× raw POST',
          limit: null,
          ...times(samples, 'Narthex, other pages', 'raw POST'),
        },
        {
          goal: 'P5',
          what: `page at row ${row} over the first`,
          unit: '×',
          limit: { atMost: 1.1 },
          ...times(samples, 'Narthex, far page', 'Narthex, first page'),
        },
        {
          goal: 'P5',
          what: 'cheaper than parse-server',
          unit: '×',
          limit: { atLeast: 20 },
          ...times(samples, 'parse-server', 'Narthex, first page'),
        },
        {
          goal: 'P5',
          what: 'cheaper than Directus',
          unit: '×',
          limit: { atLeast: 70 },
          figure: null,
          note: 'its current release needs Node 22',
        },
      ],
    }
  },
}

/**
 * As a client does it: from page to page by the link to the next one.
 * @param {import('../subjects/narthex.js').Narthex} narthex
 */
async function walkTo(narthex) {
  const first = pageRequest(narthex)
  const way = [first]
  let { path } = first
  let row = 0
  while (row < farRow) {
    const answer = await fetch(narthex.origin + path, { headers: narthex.key })
    if (!answer.ok) throw new Error(`the walk ended at row ${row}: ${await answer.text()}`)
    await answer.arrayBuffer()
    const next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]
    // A small world ends before.
    if (next === undefined) break
    const { pathname, search } = new URL(next)
    path = pathname + search
    way.push({ ...first, path })
    row += 50
  }
  return { request: { ...first, path }, row, way }
}
