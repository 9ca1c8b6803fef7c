// P6: somebody new, kept for good before the answer.
import { leastOf, times } from '../harness/stage.js'
import { bare } from '../subjects/bare.js'
import { rawPost } from '../subjects/raw.js'
import { createRequest } from './requests.js'

/** @type {import('../harness/stage.js').Part} */
export const create = {
  name: 'create',
  about: 'a new external user, kept on disk before the answer (P6)',
  async run(stage) {
    const [raw, sqlite, postgres] = [await stage.raw(), await stage.narthex(), await stage.narthexOnPostgres()]
    const [peer, parse] = [await stage.betterAuth(), await stage.parseServer()]
    const does =
      'key, rate and scope checked, body validated, identifier made canonical, blocks asked, person, account, search ' +
      'index and event written in one durable transaction, a token signed, later the event sealed into the chain'
    const samples = await stage.measure([
      rawPost(raw),
      bare(
        await stage.bare(),
        'node:http, the rows of person, account and event with the same indexes, one durable commit for a turn',
        () => '/create',
        [createRequest(sqlite)],
      ),
      { name: 'Narthex, SQLite', does, server: sqlite, requests: [createRequest(sqlite)] },
      { name: 'Narthex, PostgreSQL', does: 'the same', server: postgres, requests: [createRequest(postgres)] },
      {
        name: 'better-auth',
        does: "admin/create-user: the administrator's session and its rights checked, user and account written",
        server: peer,
        requests: [createUser(peer)],
      },
      {
        name: 'parse-server',
        does: 'classes/ExternalUser with the master key: one object written',
        server: parse,
        requests: [createObject(parse)],
        status: 201,
      },
    ])
    return {
      measured: [...samples.values()],
      findings: [
        {
          goal: 'P6',
          what: 'Narthex on SQLite',
          unit: '× raw POST',
          limit: { atMost: 3 },
          ...times(samples, 'Narthex, SQLite', 'raw POST'),
        },
        leastOf('P6', samples, 'raw POST'),
        {
          goal: 'P6',
          what: 'Narthex on PostgreSQL, our process',
          unit: '× raw POST',
          limit: null,
          ...times(samples, 'Narthex, PostgreSQL', 'raw POST'),
        },
        {
          goal: 'P6',
          what: 'cheaper than better-auth',
          unit: '×',
          limit: { atLeast: 60 },
          ...times(samples, 'better-auth', 'Narthex, SQLite'),
        },
        {
          goal: 'P6',
          what: 'cheaper than parse-server',
          unit: '×',
          limit: { atLeast: 10 },
          ...times(samples, 'parse-server', 'Narthex, SQLite'),
        },
      ],
    }
  },
}

/** @param {import('../subjects/better-auth.js').BetterAuth} peer @returns {import('../harness/load.js').Request} */
function createUser({ sessionJson }) {
  const body = { email: 'bench.@run@.##########@mail.example', name: 'Ada Lovelace', password: 'password-1234' }
  return { method: 'POST', path: '/api/auth/admin/create-user', headers: sessionJson, body: JSON.stringify(body) }
}

/** @param {import('../subjects/parse-server.js').Parse} parse @returns {import('../harness/load.js').Request} */
function createObject({ json }) {
  const body = {
    channel: 'email',
    externalId: 'customer-@run@-##########',
    identifier: 'bench.@run@.##########@mail.example',
    name: 'Ada Lovelace',
    blocked: false,
  }
  return { method: 'POST', path: '/parse/classes/ExternalUser', headers: json, body: JSON.stringify(body) }
}
