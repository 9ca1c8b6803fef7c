// P10: what a second core brings.
import { load } from '../harness/load.js'
import { cores } from '../harness/pin.js'
import { median, ratios, spread } from '../harness/statistics.js'
import { narthexOnSqlite } from '../subjects/narthex.js'
import { authenticateRequests } from './requests.js'

/** @type {import('../harness/stage.js').Part} */
export const secondCore = {
  name: 'cores',
  about: 'authenticate on two cores instead of one (P10)',
  async run(stage) {
    const one = await stage.narthex()
    const two = await narthexOnSqlite(stage.size, { place: 'two' })
    /** @type {{ one: number[], two: number[] }} */
    const perSecond = { one: [], two: [] }
    for (let round = 0; round <= stage.rounds; round += 1) {
      stage.progress.to(round / (stage.rounds + 1), 'one core, two cores')
      const a = await answersPerSecond(stage, one)
      const b = await answersPerSecond(stage, two)
      if (round === 0) continue
      perSecond.one.push(a)
      perSecond.two.push(b)
    }
    await two.stop()
    const values = ratios(perSecond.two, perSecond.one)
    // With two cores the load needs one of them itself, so the figure says little.
    const conclusive = cores >= 3
    return {
      findings: [
        {
          goal: 'P10',
          what: 'answers per second, two cores over one',
          unit: '×',
          limit: conclusive ? { atLeast: 1.6 } : null,
          figure: median(values),
          spread: spread(values),
          ...(!conclusive && { note: 'this machine has two cores, and the load needs one of them' }),
        },
      ],
    }
  },
}

/**
 * @param {import('../harness/stage.js').Stage} stage
 * @param {import('../subjects/narthex.js').Narthex} narthex
 */
async function answersPerSecond(stage, narthex) {
  const { answers, seconds } = await load({
    origin: narthex.origin,
    requests: authenticateRequests(narthex),
    seconds: stage.seconds,
    connections: stage.connections,
  })
  return answers / seconds
}
