// Clients who want three times as many answers as there can be, for a minute.
import { load } from '../harness/load.js'
import { median } from '../harness/statistics.js'
import { usageOf } from '../harness/usage.js'
import { narthexOnPostgres, narthexOnSqlite } from '../subjects/narthex.js'
import { authenticateRequests } from './requests.js'

/** Three times as many as the service works on at once, so that its own queue cannot hold them all. */
const clients = 6_000
const wantedTimes = 3
const burstSeconds = 10
const overloadSeconds = 60

/** @type {import('../harness/stage.js').Part} */
export const overload = {
  name: 'overload',
  about: `${clients} clients who want three times as much as there can be, for a minute, on each database`,
  async run(stage) {
    const sqlite = await besiege(stage, 'SQLite', await narthexOnSqlite(stage.size))
    const postgres = await stage.postgres()
    const other = await besiege(stage, 'PostgreSQL', await narthexOnPostgres(stage.size, postgres))
    return {
      findings: [...sqlite, ...other],
      remarks: ['each client sends a request, waits for its answer, pauses, and does not care what the answer was'],
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
  // After each answer: all together want three times the peak as long as answers come at once.
  const pauseMs = Math.max(1, Math.round((clients * 1000) / (peak * wantedTimes)))
  stage.progress.to(0.2, `${database}: a first burst`)
  await turn({ connections: clients, pauseMs, seconds: burstSeconds })
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
    finding('refused with 429 or 503, share of the peak', refused / seconds / peak),
    finding('p99 of all answers', p99 / 1e6, { unit: 's' }),
    finding('refusals that say when to try again', refused === 0 ? 1 : retries / refused, { limit: { atLeast: 1 } }),
    finding('neither answered nor refused', other, { limit: { atMost: 0 }, ...(other > 0 && { note: failures }) }),
    finding('memory in the last third of the minute over the first', grown, { unit: '×', limit: { atMost: 1.1 } }),
  ]
}
