// Clients who want three times as many answers as there can be, for a minute.
import { load } from '../harness/load.js'
import { median } from '../harness/statistics.js'
import { usageOf } from '../harness/usage.js'
import { narthexOnPostgres, narthexOnSqlite } from '../subjects/narthex.js'
import { rawPost } from '../subjects/raw.js'
import { authenticateRequests } from './requests.js'

/** More than wait before anybody is refused, and as many again for those who are. */
const clients = 4_000
const wantedTimes = 3
const burstSeconds = 8
const overloadSeconds = 60

/** @type {import('../harness/stage.js').Part} */
export const overload = {
  name: 'overload',
  about: `${clients} clients who want three times as much as there can be, for a minute, on each database`,
  async run(stage) {
    const sqlite = await besiege(stage, 'SQLite', await narthexOnSqlite(stage.size))
    const postgres = await stage.postgres()
    const other = await besiege(stage, 'PostgreSQL', await narthexOnPostgres(stage.size, postgres))
    const crowded = await crowdedRaw(stage)
    return {
      findings: [...sqlite, ...other, crowded],
      remarks: [
        `each of ${clients} connections sends a request, waits for its answer, pauses, and does not care what the answer was: none heeds Retry-After`,
        'the pause is found in bursts before, so that all together ask for three times the peak; what came of it is shown as what was asked',
      ],
    }
  },
}

/**
 * @param {import('../harness/stage.js').Stage} stage
 * @param {string} database
 * @param {import('../subjects/narthex.js').Narthex} narthex
 */
async function besiege(stage, database, narthex) {
  const cpu = async () => (await usageOf(narthex.process)).cpuSeconds
  const turn = async (/** @type {Partial<import('../harness/load.js').LoadOptions>} */ options) => {
    const before = await cpu()
    const result = await load({
      origin: narthex.origin,
      requests: authenticateRequests(narthex),
      seconds: stage.seconds,
      connections: stage.connections,
      statuses: true,
      ...options,
    })
    return { ...result, goodForCpu: (result.statuses[200] ?? 0) / ((await cpu()) - before) }
  }
  stage.progress.to(0, `${database}: looking for its peak`)
  await turn({})
  const quiet = [await turn({}), await turn({}), await turn({})]
  const peak = Math.max(...quiet.map(({ answers, seconds }) => answers / seconds))
  const peakForCpu = median(quiet.map(({ goodForCpu }) => goodForCpu))
  stage.progress.to(0.2, `${database}: finding the pace of ${wantedTimes} times its peak`)
  const pauseMs = await pauseFor(peak * wantedTimes, (pause) =>
    turn({ connections: clients, pauseMs: pause, seconds: burstSeconds }),
  )
  stage.progress.to(0.4, `${database}: ${wantedTimes} times its peak is wanted for a minute`)
  // The collector makes a saw of it, so one moment tells nothing.
  /** @type {number[]} */
  const memory = []
  const watch = setInterval(
    () => void usageOf(narthex.process).then((usage) => memory.push(usage.residentBytes)),
    1_000,
  )
  const result = await turn({ connections: clients, pauseMs, seconds: overloadSeconds })
  clearInterval(watch)
  const third = Math.floor(memory.length / 3)
  const grown = median(memory.slice(-third)) / median(memory.slice(0, third))
  await narthex.stop()
  return findingsOf(database, { ...result, peak, forCpu: result.goodForCpu / peakForCpu, grown })
}

/**
 * How long each client has to pause after an answer for all together to ask so many times a second. How long they wait for answers
 * is not known before it is tried, and depends on how many ask.
 * @param {number} wanted
 * @param {(pauseMs: number) => Promise<import('../harness/load.js').LoadResult>} burst
 */
async function pauseFor(wanted, burst) {
  const each = (clients * 1000) / wanted
  let pauseMs = each
  for (let tries = 0; tries < 3; tries += 1) {
    const { answers, seconds } = await burst(Math.max(1, Math.round(pauseMs)))
    const waitedMs = (clients * 1000) / (answers / seconds) - pauseMs
    // Halfway, because they wait longer the more they ask.
    pauseMs = (pauseMs + Math.max(1, each - waitedMs)) / 2
  }
  return Math.max(1, Math.round(pauseMs))
}

/**
 * What so many connections cost by themselves.
 * @param {import('../harness/stage.js').Stage} stage
 * @returns {Promise<import('../goals.js').Finding>}
 */
async function crowdedRaw(stage) {
  const raw = await stage.raw()
  const requests = /** @type {import('../harness/load.js').Request[]} */ (rawPost(raw).requests)
  const turn = async (/** @type {number} */ connections, /** @type {number} */ seconds) => {
    const before = await usageOf(raw.process)
    const { answers } = await load({ origin: raw.origin, requests, seconds, connections })
    return answers / ((await usageOf(raw.process)).cpuSeconds - before.cpuSeconds)
  }
  stage.progress.to(0.9, 'node:http with as many connections')
  await turn(stage.connections, stage.seconds)
  const [few, many] = [await turn(stage.connections, stage.seconds), await turn(clients, burstSeconds)]
  const what = `node:http alone with ${clients} connections: answers for each second of CPU, share of those with ${stage.connections}`
  return { goal: 'overload', what, unit: '', limit: null, figure: many / few }
}

/**
 * @param {string} database
 * @param {import('../harness/load.js').LoadResult & { peak: number, forCpu: number, grown: number }} result
 * @returns {import('../goals.js').Finding[]}
 */
function findingsOf(database, { answers, seconds, statuses, retries, broken, failures, p99, ...held }) {
  const { peak, forCpu, grown } = held
  const count = (/** @type {number[]} */ ...codes) => codes.reduce((sum, code) => sum + (statuses[code] ?? 0), 0)
  const refused = count(429, 503)
  const other = answers - count(200) - refused + broken
  const finding = (
    /** @type {string} */ what,
    /** @type {number} */ figure,
    /** @type {Partial<import('../goals.js').Finding>} */ rest = {},
  ) => ({ goal: 'overload', what: `${database}: ${what}`, unit: '', limit: null, figure, ...rest })
  return [
    finding('good answers, share of the peak', count(200) / seconds / peak, { limit: { atLeast: 0.8 } }),
    finding('the same for each second of CPU that it got', forCpu),
    finding('asked for, times the peak', (answers + broken) / seconds / peak),
    finding('refused with 429 or 503, share of the peak', refused / seconds / peak),
    finding('p99 of all answers', p99 / 1e6, { unit: 's' }),
    finding('refusals that say when to try again', refused === 0 ? 1 : retries / refused, { limit: { atLeast: 1 } }),
    finding('neither answered nor refused', other, { limit: { atMost: 0 }, ...(other > 0 && { note: failures }) }),
    finding('memory in the last third of the minute over the first', grown, { unit: '×', limit: { atMost: 1.1 } }),
  ]
}
