// Twenty minutes of mixed work: memory, descriptors and the write-ahead log must not grow.
import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { load } from '../harness/load.js'
import { median } from '../harness/statistics.js'
import { openDescriptors, usageOf } from '../harness/usage.js'
import { databaseFile, narthexOnSqlite } from '../subjects/narthex.js'
import { authenticateRequests, createRequest, getRequests, pageRequest } from './requests.js'

const sampleEveryMs = 2_000
/** Of the whole time: caches fill and code is compiled. */
const warmUpShare = 0.25

/** @type {import('../harness/stage.js').Part} */
export const soak = {
  name: 'soak',
  about: 'twenty minutes of mixed work',
  onlyByName: true,
  async run(stage) {
    const narthex = await narthexOnSqlite(stage.size)
    const seconds = stage.minutes * 60
    const requests = mixture(narthex)
    const working = load({ origin: narthex.origin, requests, seconds, connections: stage.connections, pauseMs: 10 })
    const samples = await watch(stage, narthex, seconds)
    const { answers, refused, broken } = await working
    await narthex.stop()
    const [early, late] = [samples.slice(0, samples.length / 3), samples.slice(-samples.length / 3)]
    const grown = (/** @type {(sample: Sample) => number} */ of) => median(late.map(of)) / median(early.map(of))
    const goal = 'soak'
    const descriptors = median(early.map((sample) => sample.descriptors))
    return {
      findings: [
        {
          goal,
          what: 'memory, last third over first third after warm-up',
          unit: '×',
          limit: { atMost: 1.05 },
          figure: grown((sample) => sample.bytes),
        },
        {
          goal,
          what: 'most descriptors over the first ones',
          unit: '×',
          limit: { atMost: 1.05 },
          figure: Math.max(...samples.map((sample) => sample.descriptors)) / descriptors,
        },
        {
          goal,
          what: 'largest write-ahead log',
          unit: 'MiB',
          limit: { atMost: 64 },
          figure: Math.max(...samples.map((sample) => sample.log)) / 2 ** 20,
        },
        { goal, what: 'requests that failed', unit: 'requests', limit: { atMost: 0 }, figure: refused + broken },
      ],
      remarks: [
        `${answers.toLocaleString('en')} requests in ${stage.minutes} minutes: 14 authenticate, 3 get, 2 pages, 1 create in 20`,
      ],
    }
  },
}

/** @typedef {{ bytes: number, descriptors: number, log: number }} Sample */

/** @param {import('../subjects/narthex.js').Narthex} narthex */
function mixture(narthex) {
  const [came, read] = [authenticateRequests(narthex), getRequests(narthex)]
  const [page, create] = [pageRequest(narthex), createRequest(narthex)]
  return Array.from({ length: 20_000 }, (_, turn) => {
    const place = turn % 20
    if (place < 14) return /** @type {import('../harness/load.js').Request} */ (came[turn % came.length])
    if (place < 17) return /** @type {import('../harness/load.js').Request} */ (read[turn % read.length])
    return place < 19 ? page : create
  })
}

/**
 * @param {import('../harness/stage.js').Stage} stage
 * @param {import('../subjects/narthex.js').Narthex} narthex
 * @param {number} seconds
 */
async function watch(stage, narthex, seconds) {
  /** @type {Sample[]} */
  const samples = []
  const [begun, wal] = [performance.now(), `${databaseFile(narthex)}-wal`]
  for (;;) {
    const share = (performance.now() - begun) / (seconds * 1000)
    if (share >= 0.99) return samples
    stage.progress.to(share, 'mixed work')
    await sleep(sampleEveryMs)
    if (share < warmUpShare) continue
    const { residentBytes: bytes } = await usageOf(narthex.process)
    samples.push({ bytes, descriptors: openDescriptors(narthex.process.pid) ?? 1, log: statSync(wal).size })
  }
}
