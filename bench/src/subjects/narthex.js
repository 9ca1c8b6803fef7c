// Narthex as its users start it: built, `narthex serve`, everything switched on.
import { join } from 'node:path'
import { startProcess } from '../harness/process.js'
import { copyOf } from '../worlds/folders.js'
import { command, postgresWorld, sqliteWorld } from '../worlds/narthex.js'
import { referralWorld } from '../worlds/referrals.js'
import { freePort } from '../worlds/postgres.js'

/** Counted on every request and never reached. */
const rateLimit = '1000000'

export const describes = `narthex serve with NARTHEX_RATE_LIMIT=${rateLimit}: validation, scope, eligibility, events, rate limit, log`

/**
 * @typedef {object} Narthex
 * @property {string} origin
 * @property {import('../harness/process.js').Process} process
 * @property {import('../worlds/narthex.js').World} world
 * @property {Record<string, string>} json Header fields of a request with a JSON body.
 * @property {Record<string, string>} form The same for a form.
 * @property {Record<string, string>} key Those of a request without a body.
 * @property {string} folder What it keeps its files in.
 * @property {() => Promise<void>} restart A new process on the same data, as after a deployment.
 * @property {() => Promise<void>} stop Its data goes too.
 */

/**
 * @typedef {object} NarthexOptions
 * @property {import('../harness/pin.js').Place} [place]
 * @property {string} [rateLimit]
 * @property {number} [referrals] In a world of its own with so many of them.
 */

/** A copy of a larger world than this would take longer than what is measured, so that one is used itself, and grows a little. */
const copiedMax = 2_000_000

/** With its decisions, its events and its places in some forty indexes, one fills as much as so many external users. */
const referralWeight = 5

/**
 * @param {number} size
 * @param {NarthexOptions} [options]
 */
export async function narthexOnSqlite(size, { referrals, ...options } = {}) {
  const world = referrals === undefined ? await sqliteWorld(size) : await referralWorld(size, referrals)
  const copy =
    size + referralWeight * (referrals ?? 0) > copiedMax
      ? { folder: world.folder, remove: () => {} }
      : copyOf(world.folder)
  return serve(world, copy, { NARTHEX_DATA_DIR: copy.folder }, options)
}

/**
 * @param {number} size
 * @param {import('../worlds/postgres.js').Postgres} postgres
 * @param {NarthexOptions} [options]
 */
export async function narthexOnPostgres(size, postgres, options = {}) {
  const world = await postgresWorld(size, postgres)
  const { database, remove } = await postgres.copy(world.database)
  const environment = { NARTHEX_DATABASE_URL: postgres.url(database), NARTHEX_SECRET: world.secret }
  return serve(world, { folder: world.folder, remove }, { ...environment, NARTHEX_DATA_DIR: world.folder }, options)
}

/**
 * @param {import('../worlds/narthex.js').World} world
 * @param {{ folder: string, remove: () => void | Promise<void> }} copy
 * @param {Record<string, string>} environment
 * @param {NarthexOptions} options
 * @returns {Promise<Narthex>}
 */
async function serve(world, copy, environment, { place = 'server', ...options }) {
  // The same one after a restart: tokens name the address that issued them.
  const port = await freePort()
  const start = () =>
    startProcess({
      command: process.execPath,
      args: [...(process.env.BENCH_NODE?.split(' ') ?? []), command, 'serve'],
      env: {
        NARTHEX_RATE_LIMIT: options.rateLimit ?? rateLimit,
        NARTHEX_PORT: String(port),
        ...environment,
      },
      ready: /listening on (http:\S+?)["\s]/,
      cwd: copy.folder,
      place,
    })
  const process_ = await start()
  const key = { authorization: world.apiKey }
  /** @type {Narthex} */
  const narthex = {
    origin: process_.ready,
    process: process_,
    world,
    key,
    json: { ...key, 'content-type': 'application/json' },
    form: { ...key, 'content-type': 'application/x-www-form-urlencoded' },
    folder: copy.folder,
    async restart() {
      await narthex.process.stop()
      narthex.process = await start()
      narthex.origin = narthex.process.ready
    },
    async stop() {
      await narthex.process.stop()
      await copy.remove()
    },
  }
  return narthex
}

/** @param {Narthex} narthex */
export function databaseFile({ folder }) {
  return join(folder, 'narthex.db')
}
