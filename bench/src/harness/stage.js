// What every part works with: the servers, started when first needed and shared by all parts, and the pace of the rounds.
import { bareServer } from '../subjects/bare.js'
import { betterAuth } from '../subjects/better-auth.js'
import { narthexOnPostgres, narthexOnSqlite } from '../subjects/narthex.js'
import { oidcProvider } from '../subjects/oidc-provider.js'
import { parseServer } from '../subjects/parse-server.js'
import { rawNode } from '../subjects/raw.js'
import { startPostgres } from '../worlds/postgres.js'
import { measure } from './rounds.js'
import { median, ratios, spread } from './statistics.js'

/** @typedef {import('./rounds.js').Samples} Samples */
/** @typedef {import('../goals.js').Finding} Finding */

/**
 * @typedef {object} PartResult
 * @property {Samples[]} [measured] The first is what the others are held against.
 * @property {Finding[]} findings
 * @property {string[]} [remarks]
 */

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} about
 * @property {boolean} [onlyByName] Too long for everybody's run.
 * @property {(stage: Stage) => Promise<PartResult>} run
 */

/**
 * @typedef {object} StageOptions
 * @property {number} size External users in the world.
 * @property {number} referrals In the world that is made for them.
 * @property {number} rounds
 * @property {number} seconds
 * @property {number} connections
 * @property {number} minutes Of the soak.
 * @property {import('../report/progress.js').Progress} progress
 */

/** @typedef {ReturnType<typeof createStage>} Stage */

/** @param {StageOptions} options */
export function createStage({ size, referrals, rounds, seconds, connections, minutes, progress }) {
  /** @type {Map<string, Promise<{ stop: () => Promise<void> }>>} */
  const started = new Map()
  /**
   * @template {{ stop: () => Promise<void> }} T
   * @param {string} name
   * @param {() => Promise<T>} start
   * @returns {Promise<T>}
   */
  const once = (name, start) => {
    const known = started.get(name)
    if (known) return /** @type {Promise<any>} */ (known)
    progress.say(`starting ${name}`)
    const starting = start()
    started.set(name, starting)
    return starting
  }
  const postgres = () => once('PostgreSQL', startPostgres)
  return {
    size,
    referrals,
    rounds,
    seconds,
    connections,
    minutes,
    progress,
    raw: () => once('node:http', rawNode),
    bare: () => once('the bare server', () => bareServer(size)),
    narthex: () => once('Narthex on SQLite', () => narthexOnSqlite(size)),
    narthexOnPostgres: () => once('Narthex on PostgreSQL', async () => narthexOnPostgres(size, await postgres())),
    betterAuth: () => once('better-auth', () => betterAuth(size)),
    oidcProvider: () => once('oidc-provider', oidcProvider),
    parseServer: () => once('parse-server', async () => parseServer(size, await postgres())),
    postgres,
    /** @param {readonly import('./rounds.js').Case[]} cases */
    measure: (cases) =>
      measure(cases, {
        rounds,
        seconds,
        connections,
        onTurn: (done, of, name) => progress.to(done / of, name),
      }),
    async stop() {
      // In reverse: what needs PostgreSQL goes before it.
      for (const starting of [...started.values()].toReversed()) await (await starting.catch(() => null))?.stop()
    },
  }
}

/**
 * How many times as much CPU one request costs as another, by the rounds that both were measured in.
 * @param {Map<string, Samples>} samples
 * @param {string} above
 * @param {string} below
 */
export function times(samples, above, below) {
  const values = ratios(cpuOf(samples, above), cpuOf(samples, below))
  return { figure: median(values), spread: spread(values) }
}

/**
 * The least that the operation can be, for a goal to be read beside: `bare` says what is in it.
 * @param {string} goal
 * @param {Map<string, Samples>} samples
 * @param {string} raw
 * @returns {Finding}
 */
export function leastOf(goal, samples, raw) {
  const what = 'bare: the least that it can be'
  return { goal, what, unit: `× ${raw}`, limit: null, ...times(samples, 'bare', raw) }
}

/**
 * @param {Map<string, Samples>} samples
 * @param {string} name
 */
function cpuOf(samples, name) {
  const found = samples.get(name)
  if (!found) throw new Error(`${name} was not measured`)
  return found.cpuMicroseconds
}
