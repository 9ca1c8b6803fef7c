// P1, P2, P3: somebody comes in.
import { times } from '../harness/stage.js'
import { load } from '../harness/load.js'
import { rawPost } from '../subjects/raw.js'
import { user } from '../subjects/better-auth.js'
import { objectId } from '../subjects/parse-server.js'
import { authenticateRequests } from './requests.js'
import { somePlaces } from './some-places.js'

/** @type {import('../harness/stage.js').Part} */
export const authenticate = {
  name: 'authenticate',
  about: 'find somebody, decide whether they may come in, sign a token for them (P1, P2, P3)',
  async run(stage) {
    const cases = await casesOf(stage)
    const samples = await stage.measure(cases)
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
        await roundTrips(stage, cases),
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
    { name: 'Narthex, SQLite', does: narthexDoes, server: sqlite, requests: authenticateRequests(sqlite) },
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

/**
 * Transactions that PostgreSQL counted: a statement outside of one counts as one. The exact number is asserted by the tests
 * of Narthex; this one holds also the notes of sights and the chores that ran meanwhile.
 * @param {import('../harness/stage.js').Stage} stage
 * @param {readonly import('../harness/rounds.js').Case[]} cases
 * @returns {Promise<import('../goals.js').Finding>}
 */
async function roundTrips(stage, cases) {
  const postgres = await stage.postgres()
  const { origin } = await stage.narthexOnPostgres()
  const requests = cases.find(({ name }) => name === 'Narthex, PostgreSQL')?.requests
  const count = async () => {
    // Backends report at most once a second.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const [row] = await postgres.query(
      'postgres',
      `select sum(xact_commit)::int as commits from pg_stat_database where datname like 'run\\_%'`,
    )
    return row.commits
  }
  const before = await count()
  const sent = /** @type {import('../harness/load.js').Request[]} */ (requests)
  const { answers } = await load({ origin, requests: sent, seconds: 2, connections: stage.connections })
  const figure = ((await count()) - before) / answers
  return { goal: 'P3', what: 'SQL round trips for each request', unit: '', limit: { atMost: 1.1 }, figure }
}
