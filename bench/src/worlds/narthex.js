// Worlds of external users, made by Narthex's own `narthex demo`.
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { run } from '../harness/process.js'
import { kept, root, worldMark } from './folders.js'
import { withClient } from './postgres.js'

/**
 * @typedef {object} Person Somebody of the world who is not blocked.
 * @property {string} id
 * @property {string} channelId
 * @property {string | null} externalId
 * @property {string | null} identifier
 * @property {string | null} name
 */

/**
 * @typedef {object} World
 * @property {string} folder
 * @property {string} workspaceId
 * @property {string} apiKey
 * @property {string} memberToken Of the owner.
 * @property {Record<string, string>} channels Ids by key.
 * @property {Person[]} people Some of it, from all parts of it, in no order.
 * @property {string[]} [referrals] Ids of some, in a world that was made for them.
 */

export const command = join(root, 'packages', 'cli', 'bin', 'narthex.js')

/** Enough that a request rarely finds what the last ones left in the processor's caches. */
const peopleMax = 20_000

/**
 * @param {number} size
 * @returns {Promise<World>}
 */
export async function sqliteWorld(size) {
  const { folder, facts } = await kept(`narthex-sqlite-${size}`, worldMark, async (making) => {
    const report = await demo(['--size', String(size)], { NARTHEX_DATA_DIR: making })
    const database = new DatabaseSync(join(making, 'narthex.db'), { readOnly: true })
    await keepPeople(making, database, report.workspaceId)
    database.close()
    return report
  })
  return { folder, ...facts, people: peopleIn(folder) }
}

/**
 * @param {string} folder
 * @param {InstanceType<typeof DatabaseSync>} database
 * @param {string} workspaceId
 */
export async function keepPeople(folder, database, workspaceId) {
  const statement = database.prepare(personQuery.replaceAll(/\$\d/g, '?'))
  const find = async (/** @type {number} */ from) => statement.all(workspaceId, from)
  writeFileSync(join(folder, 'people.json'), JSON.stringify(await somePeople(find)))
}

/**
 * @param {number} size
 * @param {import('./postgres.js').Postgres} postgres
 * @returns {Promise<World & { database: string, secret: string }>}
 */
export async function postgresWorld(size, postgres) {
  const database = `narthex_${size}`
  const { folder, facts } = await kept(`narthex-postgres-${size}`, worldMark, async (making) => {
    await postgres.query('postgres', `drop database if exists ${database}`)
    await postgres.query('postgres', `create database ${database}`)
    const secret = randomBytes(32).toString('hex')
    const url = postgres.url(database)
    const environment = { NARTHEX_DATA_DIR: making, NARTHEX_DATABASE_URL: url, NARTHEX_SECRET: secret }
    const report = await demo(['--size', String(size)], environment)
    // What the server's own upkeep does within a minute or so.
    await postgres.query(database, 'vacuum analyze')
    const people = await withClient(url, (client) =>
      somePeople(async (from) => (await client.query(personQuery, [report.workspaceId, from])).rows),
    )
    writeFileSync(join(making, 'people.json'), JSON.stringify(people))
    return { ...report, database, secret }
  })
  return { folder, ...facts, people: peopleIn(folder) }
}

const personQuery = `
  select u.id, u.channel_id as "channelId", u.external_id as "externalId", u.identifier, u.name from external_users u
  where u.workspace_id = $1 and u.created_at >= $2
    and not exists (select 1 from blocks b where b.workspace_id = u.workspace_id and b.external_user_id = u.id)
  order by u.created_at, u.id limit 1`

/** What `narthex demo` spreads a world over. */
const worldAgeMs = 730 * 86_400_000

/**
 * Those who came next after evenly spaced moments.
 * @param {(from: number) => Promise<any[]>} find
 * @returns {Promise<Person[]>}
 */
async function somePeople(find) {
  /** @type {Map<string, Person>} */
  const people = new Map()
  for (let turn = 0; turn < peopleMax; turn += 1) {
    // A stride that has no common factor with their number visits each and leaves neighbours far apart.
    const place = (turn * 7_919) % peopleMax
    const [person] = await find(Math.floor(Date.now() - worldAgeMs + (place / peopleMax) * worldAgeMs))
    if (person) people.set(person.id, person)
  }
  return [...people.values()]
}

/**
 * @param {string} folder
 * @returns {Person[]}
 */
export function peopleIn(folder) {
  return JSON.parse(readFileSync(join(folder, 'people.json'), 'utf8'))
}

/**
 * @param {readonly string[]} options
 * @param {Record<string, string>} environment
 */
export async function demo(options, environment) {
  const args = [command, 'demo', ...options, '--json']
  const { workspaceId, apiKey, memberToken, channels } = JSON.parse(
    await run(process.execPath, args, { env: environment, place: 'all' }),
  )
  return { workspaceId, apiKey, memberToken, channels }
}
