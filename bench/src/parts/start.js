// P11: from the command to the first answer, and the memory of a process that waits.
import { setTimeout as sleep } from 'node:timers/promises'
import { median, ratios, spread } from '../harness/statistics.js'
import { usageOf } from '../harness/usage.js'
import { narthexOnSqlite } from '../subjects/narthex.js'
import { rawNode } from '../subjects/raw.js'
import { getRequests } from './requests.js'

/** By then whatever a start puts off has been done. */
const restMs = 2_000

/** @type {import('../harness/stage.js').Part} */
export const start = {
  name: 'start',
  about: 'from the command to the first answer, and memory at rest (P11)',
  async run(stage) {
    const narthex = await narthexOnSqlite(stage.size)
    const [get] = getRequests(narthex)
    /** @type {Record<'raw' | 'narthex', { ms: number[], bytes: number[] }>} */
    const seen = { raw: { ms: [], bytes: [] }, narthex: { ms: [], bytes: [] } }
    for (let round = 0; round <= stage.rounds; round += 1) {
      stage.progress.to(round / (stage.rounds + 1), 'starting and resting')
      const raw = await timeOf(rawNode, () => '/', {})
      await raw.server.stop()
      await narthex.process.stop()
      const own = await timeOf(
        async () => (await narthex.restart(), narthex),
        () => /** @type {string} */ (get?.path),
        narthex.key,
      )
      if (round === 0) continue
      seen.raw.ms.push(raw.ms)
      seen.raw.bytes.push(raw.bytes)
      seen.narthex.ms.push(own.ms)
      seen.narthex.bytes.push(own.bytes)
    }
    await narthex.stop()
    const over = (/** @type {'ms' | 'bytes'} */ what) => {
      const values = ratios(seen.narthex[what], seen.raw[what])
      return { figure: median(values), spread: spread(values) }
    }
    return {
      findings: [
        { goal: 'P11', what: 'start to first answer', unit: '× raw Node', limit: { atMost: 4 }, ...over('ms') },
        { goal: 'P11', what: 'memory at rest', unit: '× raw Node', limit: { atMost: 2.5 }, ...over('bytes') },
      ],
    }
  },
}

/**
 * @param {() => Promise<{ origin: string, process: import('../harness/process.js').Process, stop: () => Promise<void> }>} begin
 * @param {() => string} path
 * @param {Record<string, string>} headers
 */
async function timeOf(begin, path, headers) {
  const before = performance.now()
  const server = await begin()
  const answer = await fetch(server.origin + path(), { headers })
  await answer.arrayBuffer()
  const ms = performance.now() - before
  if (!answer.ok) throw new Error(`the first answer was ${answer.status}`)
  await sleep(restMs)
  const { residentBytes: bytes } = await usageOf(server.process)
  return { server, ms, bytes }
}
