// P8: part of a name, beside LIKE on the same file; and how long others wait meanwhile.
import { DatabaseSync } from '@photostructure/sqlite'
import { load } from '../harness/load.js'
import { median, ratios, spread } from '../harness/statistics.js'
import { usageOf } from '../harness/usage.js'
import { databaseFile, narthexOnSqlite } from '../subjects/narthex.js'
import { authenticateRequests } from './requests.js'

const terms = 8

/** @type {import('../harness/stage.js').Part} */
export const search = {
  name: 'search',
  about: 'part of a name or an identifier, and what others feel of it (P8)',
  async run(stage) {
    const narthex = await stage.narthex()
    const asked = termsOf(narthex)
    const cost = await besideLike(stage, narthex, asked)
    const delay = await whileOneSearches(stage, asked)
    return {
      measured: cost.measured,
      findings: [
        { goal: 'P8', what: 'cheaper than LIKE', unit: '×', limit: { atLeast: 20 }, ...cost.ratio },
        {
          goal: 'P8',
          what: 'authenticate p99 while one client searches, over idle',
          unit: '×',
          limit: { atMost: 1.5 },
          ...delay,
        },
      ],
      remarks: [`terms of 4 to 6 characters: ${asked.join(', ')}`],
    }
  },
}

/**
 * Parts of names and identifiers, some of which many people share and some few.
 * @param {import('../subjects/narthex.js').Narthex} narthex
 */
function termsOf({ world }) {
  const plain = world.people.flatMap(({ name, identifier }, turn) => {
    const text = (turn % 2 === 0 ? name : identifier)?.toLowerCase() ?? ''
    const letters = /[a-z]{4,6}/.exec(text)?.[0]
    // A folded text may differ from what a person typed, and LIKE knows no folding; so plain letters only.
    return letters && /^[\x20-\x7e]+$/.test(text) ? [letters] : []
  })
  return [...new Set(plain)].slice(0, terms)
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
 * @param {readonly string[]} asked
 */
async function besideLike(stage, narthex, asked) {
  const like = openLike(narthex)
  const requests = searchRequests(narthex, asked)
  /** @type {{ search: number[], like: number[] }} */
  const cpu = { search: [], like: [] }
  for (let round = 0; round <= stage.rounds; round += 1) {
    stage.progress.to(round / (stage.rounds + 1), 'search beside LIKE')
    const before = await usageOf(narthex.process)
    // Once through all terms after the other weighs each term the same, however long it takes.
    const { answers } = await load({ origin: narthex.origin, requests, seconds: stage.seconds, connections: 1 })
    const after = await usageOf(narthex.process)
    const own = like.costOf(asked)
    if (round === 0) continue
    cpu.search.push(((after.cpuSeconds - before.cpuSeconds) * 1e6) / answers)
    cpu.like.push(own)
  }
  like.close()
  const values = ratios(cpu.like, cpu.search)
  return {
    ratio: { figure: median(values), spread: spread(values) },
    measured: [
      {
        name: 'LIKE',
        does: 'the bare statement on the same file: search_text like %term%, newest first, 50 rows, no HTTP',
        cpuMicroseconds: cpu.like,
      },
      {
        name: 'Narthex',
        does: 'key, rate and scope checked, the term folded, the index of trigrams asked, a page of 50 answered',
        cpuMicroseconds: cpu.search,
      },
    ],
  }
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
 * A server that may use all cores, as a real one may: what takes long runs on a thread of its own.
 * @param {import('../harness/stage.js').Stage} stage
 * @param {readonly string[]} asked
 */
async function whileOneSearches(stage, asked) {
  const narthex = await narthexOnSqlite(stage.size, { place: 'all' })
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
  const values = ratios(p99.busy, p99.idle)
  return { figure: median(values), spread: spread(values) }
}
