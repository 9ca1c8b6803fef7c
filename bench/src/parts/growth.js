// P9: what a larger world costs.
import { times } from '../harness/stage.js'
import { narthexOnSqlite } from '../subjects/narthex.js'
import { rawPost } from '../subjects/raw.js'
import { authenticateRequests, createRequest, getRequests, pageRequest } from './requests.js'

const small = 10_000

/** @type {import('../harness/stage.js').Part} */
export const growth = {
  name: 'growth',
  about: 'the cost of a request in a world of 10 k and in the large one (P9)',
  run: async (stage) => grow(stage, stage.size, await stage.narthex()),
}

/** @type {import('../harness/stage.js').Part} */
export const growthTenMillion = {
  name: 'growth-10m',
  about: 'the same with a world of 10 M, which is made the first time and needs 30 GB on disk (P9)',
  onlyByName: true,
  async run(stage) {
    stage.progress.say('10 M external users: making them takes a while, the first time')
    const narthex = await narthexOnSqlite(10_000_000)
    const result = await grow(stage, 10_000_000, narthex)
    await narthex.stop()
    return result
  },
}

/** @typedef {(narthex: import('../subjects/narthex.js').Narthex) => Pick<import('../harness/rounds.js').Case, 'requests'>} Operation */

/** @type {Record<string, Operation>} */
const operations = {
  authenticate: (narthex) => ({ requests: authenticateRequests(narthex) }),
  get: (narthex) => ({ requests: getRequests(narthex) }),
  'page of 50': (narthex) => ({ requests: [pageRequest(narthex)] }),
  create: (narthex) => ({ requests: [createRequest(narthex)] }),
}

/**
 * @param {import('../harness/stage.js').Stage} stage
 * @param {number} size
 * @param {import('../subjects/narthex.js').Narthex} large
 * @returns {Promise<import('../harness/stage.js').PartResult>}
 */
async function grow(stage, size, large) {
  if (size <= small) throw new Error(`the world must be larger than ${small}`)
  const few = await narthexOnSqlite(small)
  const many = sizeText(size)
  const cases = Object.entries(operations).flatMap(([name, of]) => [
    { name: `${name}, 10 k`, does: `${name} in a world of 10 k external users`, server: few, ...of(few) },
    { name: `${name}, ${many}`, does: `${name} in a world of ${many}`, server: large, ...of(large) },
  ])
  const samples = await stage.measure([rawPost(await stage.raw()), ...cases])
  await few.stop()
  return {
    measured: [...samples.values()],
    findings: Object.keys(operations).map((name) => ({
      goal: 'P9',
      what: `${name} at ${many} over 10 k`,
      unit: '×',
      limit: { atMost: 1.25 },
      ...times(samples, `${name}, ${many}`, `${name}, 10 k`),
    })),
  }
}

/** @param {number} size */
function sizeText(size) {
  return size >= 1_000_000 ? `${size / 1_000_000} M` : `${size / 1000} k`
}
