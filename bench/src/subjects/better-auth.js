// better-auth on SQLite, with as many users as Narthex has.
import { join } from 'node:path'
import { getMigrations } from 'better-auth/db/migration'
import { startProcess } from '../harness/process.js'
import { openBetterAuth } from '../servers/better-auth-instance.js'
import { copyOf, kept } from '../worlds/folders.js'
import { versionOf } from './version.js'

const version = versionOf('better-auth')

export const describes =
  `better-auth ${version} on SQLite (WAL, synchronous=FULL, statements kept prepared), plugins apiKey, admin, jwt (ES256), ` +
  'rate limits on and never reached, password hash switched off, everything else as it comes'

/** @param {number} size */
export async function betterAuth(size) {
  const { folder, facts } = await kept(`better-auth-${size}`, version, (making) => fill(making, size))
  const copy = copyOf(folder)
  const server = await startProcess({
    command: process.execPath,
    args: [join(import.meta.dirname, '..', 'servers', 'better-auth.js')],
    // Or it would leave out the checks that belong to a public service.
    env: { NODE_ENV: 'production', BENCH_FILE: join(copy.folder, 'better-auth.db') },
    ready: /listening on (\S+)/,
  })
  const cookie = await signIn(server.ready)
  return {
    origin: server.ready,
    process: server,
    size,
    /** Of another server, for the way in that is composed of its calls. */
    key: { 'x-api-key': facts.apiKey, 'content-type': 'application/json' },
    /** Of an administrator, whom its own routes for other people's users are for. */
    session: { cookie },
    sessionJson: { cookie, 'content-type': 'application/json', origin },
    async stop() {
      await server.stop()
      copy.remove()
    },
  }
}

/** @typedef {Awaited<ReturnType<typeof betterAuth>>} BetterAuth */

const origin = 'http://127.0.0.1'
const administrator = { email: 'admin@example.com', name: 'Admin', password: 'password-1234' }

/** @param {string} server */
async function signIn(server) {
  const answer = await fetch(`${server}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(administrator),
  })
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
  if (!answer.ok || cookies.length === 0) throw new Error(`better-auth: ${answer.status} ${await answer.text()}`)
  return cookies.join('; ')
}

/** Somebody of its world. @param {number} number */
export function user(number) {
  return { id: `user-${String(number).padStart(27, '0')}`, email: `user.${number}@mail.example` }
}

/**
 * @param {string} folder
 * @param {number} size
 */
async function fill(folder, size) {
  const { auth, database } = openBetterAuth(join(folder, 'better-auth.db'))
  await (await getMigrations(auth.options)).runMigrations()
  const { user: owner } = await auth.api.createUser({ body: { ...administrator, role: 'admin' } })
  const { key } = await auth.api.createApiKey({ body: { userId: owner.id, name: 'bench' } })
  const now = new Date().toISOString()
  const insert = database.prepare(
    'insert into user (id, name, email, emailVerified, createdAt, updatedAt, role) values (?, ?, ?, 1, ?, ?, ?)',
  )
  database.exec('begin')
  for (let number = 0; number < size; number += 1) {
    const { id, email } = user(number)
    insert.run(id, `Person ${number}`, email, now, now, 'user')
  }
  database.exec('commit')
  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
  return { apiKey: key }
}
