// Lists of referrals where there are many: their pages, their totals (docs/decisions/0041), and what others feel of a count.
import { load } from '../harness/load.js'
import { times } from '../harness/stage.js'
import { median, ratios, spread } from '../harness/statistics.js'
import { narthexOnSqlite } from '../subjects/narthex.js'
import { rawGet } from '../subjects/raw.js'
import { getRequests } from './requests.js'

/** @typedef {import('../harness/load.js').Request} Request */
/** @typedef {import('../subjects/narthex.js').Narthex} Narthex */

const externalUsers = 2_000

/** More than one client has counted in a second, even in a small world. */
const countsPerSecondMax = 2_000

/** Each evidence is several statements beside the event loop, where a hundred may wait and the next are refused. */
const evidenceConnections = 8

/** @type {import('../harness/stage.js').Part} */
export const referrals = {
  name: 'referrals',
  about:
    'pages and exact totals of a million referrals, which are made the first time, and what others feel of a count',
  onlyByName: true,
  async run(stage) {
    stage.progress.say(`${stage.referrals.toLocaleString('en')} referrals: making them takes a while, the first time`)
    const samples = await measureLists(stage)
    const delay = await whileOneCounts(stage)
    const over = (/** @type {string} */ above, /** @type {string} */ below) => times(samples, above, below)
    /** @type {Pick<import('../goals.js').Finding, 'goal' | 'unit'>} */
    const finding = { goal: 'referrals', unit: '×' }
    const [upTo, none] = [{ atMost: 1.5 }, null]
    return {
      measured: [...samples.values()],
      findings: [
        { ...finding, what: 'page without filter over raw GET', limit: none, ...over('page', 'raw GET') },
        { ...finding, what: 'page of one status over one without filter', limit: upTo, ...over('status', 'page') },
        {
          ...finding,
          what: 'filtered and sorted page over one without filter',
          limit: none,
          ...over('sorted', 'page'),
        },
        {
          ...finding,
          what: 'page with a remembered total over one without filter',
          limit: upTo,
          ...over('again', 'page'),
        },
        { ...finding, what: 'page that counts over the same remembered', limit: none, ...over('first', 'again') },
        { ...finding, what: 'evidence of one over raw GET', limit: none, ...over('evidence', 'raw GET') },
        { ...finding, what: 'get p99 while one client has totals counted, over idle', limit: upTo, ...delay },
      ],
      remarks: [`a world of ${stage.referrals.toLocaleString('en')} referrals in one organization, pages of 10`],
    }
  },
}

/** @param {import('../harness/stage.js').Stage} stage */
async function measureLists(stage) {
  const server = await narthexOnSqlite(externalUsers, { referrals: stage.referrals })
  const one = (/** @type {Record<string, string>} */ query) => [listRequest(server, query)]
  const again = one({ filter: countedFilter('again') })
  // A count takes long, and the last one of a turn is paid for and not answered.
  const countSeconds = stage.seconds * 5
  try {
    return await stage.measure([
      rawGet(await stage.raw()),
      { name: 'page', does: 'no filter, latest first; total from kept counts', server, requests: one({}) },
      {
        name: 'status',
        does: 'the queue, by status REFERRED, latest first; total from kept counts',
        server,
        requests: one({ filter: JSON.stringify({ status: 'REFERRED' }) }),
      },
      {
        name: 'sorted',
        does: 'those of referrers of one last name, by -reviewedAt,+id; total remembered',
        server,
        requests: one({ filter: JSON.stringify({ 'referrerUser.lastname': 'Menon' }), sort: '-reviewedAt,+id' }),
      },
      { name: 'again', does: 'contains, with one text: total remembered', server, requests: again },
      {
        name: 'evidence',
        does: `what is known of one referred person and of its referrer, ${evidenceConnections} connections`,
        server,
        requests: (server.world.referrals ?? []).map((id) => memberRequest(server, `/external-users/${id}/evidence`)),
        connections: evidenceConnections,
      },
      // The last: what is still being counted when its turn ends is paid for while raw GET has its own.
      {
        name: 'first',
        does: 'contains, with a text that is new each time: the organization is counted; one client',
        server,
        requests: async () => countedRequests(server, countsPerSecondMax * countSeconds),
        once: true,
        connections: 1,
        seconds: countSeconds,
      },
    ])
  } finally {
    await server.stop()
  }
}

/**
 * A server that may use all cores, as a real one may: what takes long runs on a thread of its own.
 * @param {import('../harness/stage.js').Stage} stage
 */
async function whileOneCounts(stage) {
  const narthex = await narthexOnSqlite(externalUsers, { referrals: stage.referrals, place: 'all' })
  const { origin } = narthex
  const [requests, seconds] = [getRequests(narthex), stage.seconds * 2]
  // Far from its limit, because a server at its limit makes everybody wait anyway: 16 clients, some 800 requests a second.
  const others = () => load({ origin, requests, seconds, connections: 16, pauseMs: 20 })
  // None is asked for twice, so none is remembered.
  const counting = () => {
    const requests = countedRequests(narthex, countsPerSecondMax * seconds)
    return load({ origin, requests, seconds, connections: 1 })
  }
  /** @type {{ idle: number[], busy: number[] }} */
  const p99 = { idle: [], busy: [] }
  try {
    for (let round = 0; round <= stage.rounds; round += 1) {
      stage.progress.to(round / (stage.rounds + 1), 'get while one counts')
      const idle = await others()
      const [busy, counted] = await Promise.all([others(), counting()])
      for (const { refused, broken } of [idle, busy, counted])
        if (refused + broken > 0) throw new Error(`${refused} answers were refusals, ${broken} requests not answered`)
      if (round === 0) continue
      p99.idle.push(idle.p99)
      p99.busy.push(busy.p99)
    }
  } finally {
    await narthex.stop()
  }
  const values = ratios(p99.busy, p99.idle)
  return { figure: median(values), spread: spread(values) }
}

/** @param {Narthex} narthex @param {string} path @returns {Request} */
function memberRequest({ world }, path) {
  return { method: 'GET', path: `/api/referral/v1${path}`, headers: { authorization: `Bearer ${world.memberToken}` } }
}

/** @param {Narthex} narthex @param {Record<string, string>} query */
function listRequest(narthex, query) {
  const all = new URLSearchParams({ organizationId: narthex.world.workspaceId, ...query })
  return memberRequest(narthex, `/external-users?${all}`)
}

/**
 * No index helps with it, the same referrals match whatever the text is, and another text is another filter.
 * @param {string} text
 */
function countedFilter(text) {
  return JSON.stringify({
    referrerComment: { contains: 'robot' },
    'referredUser.lastname': { not: { contains: `bench ${text}` } },
  })
}

let asked = 0

/** @param {Narthex} narthex @param {number} count */
function countedRequests(narthex, count) {
  return Array.from({ length: count }, () => listRequest(narthex, { filter: countedFilter(String((asked += 1))) }))
}
