// P1, P2, P3: somebody comes in.
import { setTimeout as sleep } from 'node:timers/promises'
import { leastOf, times } from '../harness/stage.js'
import { load } from '../harness/load.js'
import { bare } from '../subjects/bare.js'
import { rawPost } from '../subjects/raw.js'
import { user } from '../subjects/better-auth.js'
import { objectId } from '../subjects/parse-server.js'
import { authenticateRequests, firstSights } from './requests.js'
import { somePlaces } from './some-places.js'

/** @type {import('../harness/stage.js').Part} */
export const authenticate = {
  name: 'authenticate',
  about: 'find somebody, decide whether they may come in, sign a token for them (P1, P2, P3)',
  async run(stage) {
    const samples = await stage.measure(await casesOf(stage))
    const than = (/** @type {string} */ peer) => times(samples, peer, 'Narthex, SQLite')
    return {
      measured: [...samples.values()],
      findings: [
        {
          goal: 'P1',
          what: 'Narthex on SQLite',
          unit: '× raw POST',
          limit: { atMost: 4 },
          ...times(samples, 'Narthex, SQLite', 'raw POST'),
        },
        leastOf('P1', samples, 'raw POST'),
        {
          goal: 'P1',
          what: 'the same, not seen for a minute',
          unit: '× raw POST',
          limit: null,
          ...times(samples, 'Narthex, first sight', 'raw POST'),
        },
        { goal: 'P2', what: 'cheaper than better-auth', unit: '×', limit: { atLeast: 30 }, ...than('better-auth') },
        { goal: 'P2', what: 'cheaper than oidc-provider', unit: '×', limit: { atLeast: 3 }, ...than('oidc-provider') },
        { goal: 'P2', what: 'cheaper than parse-server', unit: '×', limit: { atLeast: 20 }, ...than('parse-server') },
        {
          goal: 'P3',
          what: 'Narthex on PostgreSQL, our process',
          unit: '× raw POST',
          limit: { atMost: 6 },
          ...times(samples, 'Narthex, PostgreSQL', 'raw POST'),
        },
        await roundTrips(stage),
      ],
    }
  },
}

/**
 * @param {import('../harness/stage.js').Stage} stage
 * @returns {Promise<import('../harness/rounds.js').Case[]>}
 */
async function casesOf(stage) {
  const [raw, sqlite, postgres] = [await stage.raw(), await stage.narthex(), await stage.narthexOnPostgres()]
  const [peer, issuer, parse] = [await stage.betterAuth(), await stage.oidcProvider(), await stage.parseServer()]
  const places = somePlaces(stage.size)
  const narthexDoes =
    'key, rate and scope checked, body validated, account found by its external id or identifier, blocks, channel and ' +
    'tier read, eligibility decided, sight noted once a minute, a new ES256 token signed'
  return [
    rawPost(raw),
    bare(
      await stage.bare(),
      'node:http, the account read by one key, an ES256 token signed',
      () => '/authenticate',
      sqlite.world.people.slice(0, 2_000).map(({ id }) => ({ method: 'POST', path: '', body: JSON.stringify({ id }) })),
    ),
    { name: 'Narthex, SQLite', does: narthexDoes, server: sqlite, requests: authenticateRequests(sqlite) },
    {
      name: 'Narthex, first sight',
      does: 'the same on SQLite, of people whom nobody has seen for a minute: each sight is a write behind the answer',
      server: sqlite,
      once: true,
      requests: firstSights(sqlite, stage.rounds),
    },
    { name: 'Narthex, PostgreSQL', does: 'the same', server: postgres, requests: authenticateRequests(postgres) },
    {
      name: 'better-auth',
      does: 'verifyApiKey (notes the use), findUserByEmail, signJWT (ES256): our way in, composed of its own calls',
      server: peer,
      requests: places.map((place) => ({
        method: 'POST',
        path: '/authenticate',
        headers: peer.key,
        body: JSON.stringify({ email: user(place).email }),
      })),
    },
    {
      name: 'oidc-provider',
      does: 'client_credentials for a JWT (ES256): checks the client and signs, looks nobody up, stores nothing on disk',
      server: issuer,
      requests: [issuer.tokenRequest('jwt')],
    },
    {
      name: 'parse-server',
      does: 'loginAs: finds the user, stores a session, answers its token, which is no JWT',
      server: parse,
      requests: places.map((place) => ({
        method: 'POST',
        path: '/parse/loginAs',
        headers: parse.json,
        body: JSON.stringify({ userId: objectId(place) }),
      })),
    },
  ]
}

/** Backends report what they did at most once a second. */
const countMs = 1_500

/**
 * Transactions that PostgreSQL counted, less those of an idle while: a statement outside of one counts as one. The exact
 * number is asserted by the tests of Narthex.
 * @param {import('../harness/stage.js').Stage} stage
 * @returns {Promise<import('../goals.js').Finding>}
 */
async function roundTrips(stage) {
  const [postgres, narthex] = [await stage.postgres(), await stage.narthexOnPostgres()]
  // So few that all have been seen within the last minute: noting a sight is a write of its own, once a minute.
  const requests = authenticateRequests(narthex).slice(0, 500)
  const turn = () => load({ origin: narthex.origin, requests, seconds: 2, connections: stage.connections })
  const count = async () => {
    await sleep(countMs)
    const [row] = await postgres.query(
      'postgres',
      `select sum(xact_commit)::int as commits from pg_stat_database where datname like 'run\\_%'`,
    )
    return row.commits
  }
  await turn()
  const [begun, before] = [performance.now(), await count()]
  const { answers } = await turn()
  const [busy, busyMs] = [(await count()) - before, performance.now() - begun]
  // As long as that, and without a request: what the chores do by themselves.
  await sleep(busyMs - countMs)
  const chores = (await count()) - before - busy
  const figure = Math.max(0, busy - chores) / answers
  return { goal: 'P3', what: 'SQL round trips for each request', unit: '', limit: { atMost: 1.1 }, figure }
}
