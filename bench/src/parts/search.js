// P8: part of a name, beside LIKE on the same file; and how long others wait meanwhile.
import { DatabaseSync } from '@photostructure/sqlite'
import { load } from '../harness/load.js'
import { median, ratios, spread } from '../harness/statistics.js'
import { usageOf } from '../harness/usage.js'
import { databaseFile, narthexOnSqlite } from '../subjects/narthex.js'
import { authenticateRequests } from './requests.js'

/** Of each kind. */
const terms = 4

/** @typedef {'common' | 'rare'} Kind */

/** @type {import('../harness/stage.js').Part} */
export const search = {
  name: 'search',
  about: 'part of a name or an identifier, and what others feel of it (P8)',
  async run(stage) {
    const narthex = await stage.narthex()
    const asked = termsOf(narthex)
    const like = openLike(narthex)
    const [common, rare] = [
      await besideLike(stage, narthex, { kind: 'common', asked: asked.common, like }),
      await besideLike(stage, narthex, { kind: 'rare', asked: asked.rare, like }),
    ]
    like.close()
    const mixed = ratios(sums(common.like, rare.like), sums(common.search, rare.search))
    const all = [...asked.common, ...asked.rare]
    const delay = await whileOneSearches(stage, all, 'server')
    const crowded = await whileOneSearches(stage, all, 'all')
    const times = (/** @type {number[]} */ values) => ({ unit: '×', figure: median(values), spread: spread(values) })
    return {
      measured: [...samplesOf('common', common), ...samplesOf('rare', rare)],
      findings: [
        { goal: 'P8', what: 'cheaper than LIKE, terms of both kinds', limit: { atLeast: 20 }, ...times(mixed) },
        { goal: 'P8', what: 'terms that many share', limit: null, ...times(ratios(common.like, common.search)) },
        { goal: 'P8', what: 'terms that few share', limit: null, ...times(ratios(rare.like, rare.search)) },
        {
          goal: 'P8',
          what: 'authenticate p99 while one client searches, over idle',
          limit: { atMost: 1.5 },
          ...times(delay),
        },
        { goal: 'P8', what: 'the same when the load shares its core with the search', limit: null, ...times(crowded) },
      ],
      remarks: [
        'the server has one core, for everything it does; on all of them the search would also hold up the load, which no caller elsewhere feels',
        `terms that many share: ${asked.common.join(', ')}; that few share: ${asked.rare.join(', ')}`,
      ],
    }
  },
}

/**
 * Parts of names, which many people share: LIKE soon has a page of them. And parts of identifiers, which few share: LIKE reads
 * everybody.
 * @param {import('../subjects/narthex.js').Narthex} narthex
 */
function termsOf({ world }) {
  // A folded text may differ from what a person typed, and LIKE knows no folding; so plain letters only.
  const some = (/** @type {(string | null)[]} */ texts, /** @type {RegExp} */ pattern) => {
    const found = texts.flatMap((text) =>
      text && /^[\x20-\x7e]+$/.test(text) ? (pattern.exec(text.toLowerCase()) ?? []) : [],
    )
    return [...new Set(found)].slice(0, terms)
  }
  return {
    common: some(
      world.people.map(({ name }) => name),
      /[a-z]{4,6}/,
    ),
    rare: some(
      world.people.map(({ externalId }) => externalId),
      /(?<=^cus_)[a-z0-9]{6}/,
    ),
  }
}

/** @param {readonly number[]} some @param {readonly number[]} others */
function sums(some, others) {
  return some.map((value, round) => value + /** @type {number} */ (others[round]))
}

/** @param {import('../subjects/narthex.js').Narthex} narthex @param {readonly string[]} asked */
function searchRequests({ key }, asked) {
  return asked.map((term) => ({
    method: 'GET',
    path: `/api/v1/external-users?${new URLSearchParams({ search: term, pageSize: '50' })}`,
    headers: key,
  }))
}

/**
 * @param {import('../harness/stage.js').Stage} stage
 * @param {import('../subjects/narthex.js').Narthex} narthex
 * @param {{ kind: Kind, asked: readonly string[], like: ReturnType<typeof openLike> }} terms
 */
async function besideLike(stage, narthex, { kind, asked, like }) {
  const requests = searchRequests(narthex, asked)
  /** @type {{ search: number[], like: number[] }} */
  const cpu = { search: [], like: [] }
  for (let round = 0; round <= stage.rounds; round += 1) {
    stage.progress.to(round / (stage.rounds + 1), `${kind} terms beside LIKE`)
    const before = await usageOf(narthex.process)
    // One client takes term after term, so that each weighs the same, however long it takes.
    const { answers } = await load({ origin: narthex.origin, requests, seconds: stage.seconds, connections: 1 })
    const after = await usageOf(narthex.process)
    const own = like.costOf(asked)
    if (round === 0) continue
    cpu.search.push(((after.cpuSeconds - before.cpuSeconds) * 1e6) / answers)
    cpu.like.push(own)
  }
  return cpu
}

/**
 * @param {Kind} kind
 * @param {{ search: number[], like: number[] }} cpu
 */
function samplesOf(kind, { search, like }) {
  return [
    {
      name: `LIKE, ${kind}`,
      does: 'the bare statement on the same file: search_text like %term%, newest first, 50 rows, no HTTP',
      cpuMicroseconds: like,
    },
    {
      name: `Narthex, ${kind}`,
      does: 'key, rate and scope checked, the term folded, the index of trigrams asked, a page of 50 answered',
      cpuMicroseconds: search,
    },
  ]
}

/** @param {import('../subjects/narthex.js').Narthex} narthex */
function openLike(narthex) {
  const database = new DatabaseSync(databaseFile(narthex), { readOnly: true })
  const statement = database.prepare(
    'select * from external_users where workspace_id = ? and search_text like ? order by created_at desc, id desc limit 50',
  )
  return {
    /** Microseconds of CPU for each term, on average. @param {readonly string[]} asked */
    costOf(asked) {
      const before = process.cpuUsage()
      for (const term of asked) statement.all(narthex.world.workspaceId, `%${term}%`)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / asked.length
    },
    close: () => database.close(),
  }
}

/**
 * The same requests in both turns, at the same pace.
 * @param {import('../harness/stage.js').Stage} stage
 * @param {readonly string[]} asked
 * @param {import('../harness/pin.js').Place} place
 */
async function whileOneSearches(stage, asked, place) {
  const narthex = await narthexOnSqlite(stage.size, { place })
  const { origin } = narthex
  const requests = authenticateRequests(narthex)
  // Far from its limit, because a server at its limit makes everybody wait anyway: 16 clients, some 800 requests a second.
  const others = () => load({ origin, requests, seconds: stage.seconds * 2, connections: 16, pauseMs: 20 })
  const searching = () =>
    load({ origin, requests: searchRequests(narthex, asked), seconds: stage.seconds * 2, connections: 1 })
  /** @type {{ idle: number[], busy: number[] }} */
  const p99 = { idle: [], busy: [] }
  for (let round = 0; round <= stage.rounds; round += 1) {
    stage.progress.to(round / (stage.rounds + 1), 'authenticate while one searches')
    const idle = await others()
    const [busy] = await Promise.all([others(), searching()])
    if (round === 0) continue
    p99.idle.push(idle.p99)
    p99.busy.push(busy.p99)
  }
  await narthex.stop()
  return ratios(p99.busy, p99.idle)
}
