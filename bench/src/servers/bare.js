// The least that an operation can be: node:http, the rows themselves in a world of Narthex, the signature, and nothing else.
// No framework, no key, scope, rate or validation, no decision who may come in, no second look at anything.
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto'
import { createServer } from 'node:http'
import { DatabaseSync } from '@photostructure/sqlite'
import { announce, sendJson } from './serving.js'

const database = new DatabaseSync(String(process.env.BENCH_FILE))
database.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on; pragma foreign_keys = on;
  pragma cache_size = -65536; pragma temp_store = memory`)
const workspaceId = String(process.env.BENCH_WORKSPACE)
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: randomUUID(), typ: 'at+jwt' })).toString('base64url')

const account =
  database.prepare(`select id, channel_id, super_identity_id, external_user_group_id, tier_id, external_id, identifier, name,
  version, created_at, updated_at from external_users where workspace_id = ? and id = ?`)

/** @param {string} id @returns {any} */
function find(id) {
  return account.get(workspaceId, id)
}

/** @param {string} id */
function authenticate(id) {
  const user = find(id)
  return { accessToken: tokenFor(user), ...user }
}

/** @param {any} user */
function tokenFor({ id, channel_id, super_identity_id, tier_id, external_user_group_id, name }) {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: 'http://127.0.0.1:8080',
    aud: 'http://127.0.0.1:8080',
    sub: id,
    client_id: id,
    iat: now,
    exp: now + 3600,
    jti: randomUUID(),
    workspace_id: workspaceId,
    channel_id,
    super_identity_id,
    tier_id,
    external_user_group_id,
    admission_id: null,
    name,
    cut_off: 0,
  }
  const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}

/**
 * Inserts a copy of the newest row of a table with other values in some of its columns.
 * @param {string} table
 * @returns {(values: Record<string, string | number | null>) => void}
 */
function copying(table) {
  const pattern = /** @type {Record<string, any>} */ (
    database.prepare(`select * from ${table} where workspace_id = ? order by rowid desc limit 1`).get(workspaceId)
  )
  const columns = Object.keys(pattern).filter((column) => column !== 'row_key')
  const insert = database.prepare(`insert into ${table} (${columns.join()}) values (${columns.map(() => '?').join()})`)
  return (values) => void insert.run(...columns.map((column) => (column in values ? values[column] : pattern[column])))
}

const insertPerson = copying('super_identities')
const insertAccount = copying('external_users')
const insertEvent = copying('events')
let position = 1e9

/** @type {{ body: any, response: import('node:http').ServerResponse }[]} */
let waiting = []

/** All that came in one turn of the event loop are kept by one commit: person, account and event. */
function createAll() {
  const batch = waiting
  waiting = []
  const ids = batch.map(() => randomUUID())
  database.exec('begin immediate')
  batch.forEach(({ body }, i) => create(ids[i] ?? '', body))
  database.exec('commit')
  batch.forEach(({ response, body }, i) => sendJson(response, 200, { id: ids[i], ...body }))
}

/**
 * @param {string} id
 * @param {any} body
 */
function create(id, { channelId, externalId, identifier, name }) {
  const now = Date.now()
  const personId = randomUUID()
  const times = { created_at: now, updated_at: now }
  insertPerson({ id: personId, ...times })
  insertAccount({
    id,
    channel_id: channelId,
    super_identity_id: personId,
    external_id: externalId,
    identifier,
    identifier_canonical: identifier,
    identifier_fingerprint: id,
    name,
    search_text: `${name}\n${identifier}\n${externalId}`,
    ...times,
  })
  const after = JSON.stringify({ channelId, externalId, identifier, name })
  insertEvent({ id: randomUUID(), subject_id: id, after, occurred_at: now, position: (position += 1) })
}

const server = createServer((request, response) => {
  const path = String(request.url)
  if (request.method === 'GET') return sendJson(response, 200, find(path.slice(1)))
  /** @type {Buffer[]} */
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString())
    if (path === '/authenticate') return sendJson(response, 200, authenticate(body.id))
    if (path === '/introspect') return sendJson(response, 200, find(body.id))
    if (waiting.push({ body, response }) === 1) setImmediate(createAll)
  })
})

announce(server)
