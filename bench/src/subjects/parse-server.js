// parse-server on PostgreSQL, with as many users and as many objects as Narthex has external users.
import { join } from 'node:path'
import { startProcess } from '../harness/process.js'
import { kept } from '../worlds/folders.js'
import { versionOf } from './version.js'

const version = versionOf('parse-server')

export const describes =
  `parse-server ${version} on Express and the same PostgreSQL server, called with the master key (no ACL to check), class ` +
  'ExternalUser with the indexes that its queries need, logs off, live queries off'

const masterKey = 'a-key-for-measuring-that-opens-nothing'
const headers = { 'x-parse-application-id': 'bench', 'x-parse-master-key': masterKey }
const json = { ...headers, 'content-type': 'application/json' }

/**
 * @param {number} size
 * @param {import('../worlds/postgres.js').Postgres} postgres
 */
export async function parseServer(size, postgres) {
  const template = `parse_${size}`
  await kept(`parse-${size}`, version, async () => {
    await fill(template, size, postgres)
    return {}
  })
  const { database, remove } = await postgres.copy(template)
  const server = await start(postgres.url(database))
  return {
    origin: server.ready,
    process: server,
    size,
    key: headers,
    json,
    async stop() {
      await server.stop()
      await remove()
    },
  }
}

/** @typedef {Awaited<ReturnType<typeof parseServer>>} Parse */

/** The id of somebody of its world: Parse's own ids have ten characters too. @param {number} number */
export function objectId(number) {
  return `u${String(number).padStart(9, '0')}`
}

/** @param {string} url */
function start(url) {
  return startProcess({
    command: process.execPath,
    args: [join(import.meta.dirname, '..', 'servers', 'parse-server.js')],
    env: {
      NODE_ENV: 'production',
      BENCH_MASTER_KEY: masterKey,
      BENCH_DATABASE_URL: url,
      // Read from here only while its modules are loaded; without it a folder of logs appears.
      PARSE_SERVER_LOGS_FOLDER: 'null',
    },
    ready: /listening on (\S+)/,
  })
}

/**
 * @param {string} database
 * @param {number} size
 * @param {import('../worlds/postgres.js').Postgres} postgres
 */
async function fill(database, size, postgres) {
  await postgres.query('postgres', `drop database if exists ${database}`)
  await postgres.query('postgres', `create database ${database}`)
  const server = await start(postgres.url(database))
  const text = { type: 'String' }
  const answer = await fetch(`${server.ready}/parse/schemas/ExternalUser`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({
      className: 'ExternalUser',
      fields: { channel: text, externalId: text, identifier: text, name: text, blocked: { type: 'Boolean' } },
    }),
  })
  if (!answer.ok) throw new Error(`parse-server refused the class: ${await answer.text()}`)
  await server.stop()
  const columns = `'u' || lpad(n::text, 9, '0'), moment, moment`
  // Two years up to now, as in the world of Narthex.
  const series = `generate_series(0, ${size - 1}) n, lateral (select now() - random() * interval '730 days' + n * interval '0' as moment) m`
  await postgres.query(
    database,
    `insert into "_User" ("objectId", "createdAt", "updatedAt", username, email)
     select ${columns}, 'user.' || n, 'user.' || n || '@mail.example' from ${series}`,
  )
  await postgres.query(
    database,
    `insert into "ExternalUser" ("objectId", "createdAt", "updatedAt", channel, "externalId", identifier, name, blocked)
     select ${columns}, (array['web','whatsapp','email','telegram','portal'])[1 + n % 5], 'customer-' || n,
       'user.' || n || '@mail.example', 'Person ' || n, n % 50 = 0 from ${series}`,
  )
  await postgres.query(database, `create index on "ExternalUser" (channel, "createdAt" desc)`)
  await postgres.query(database, 'vacuum analyze')
}
