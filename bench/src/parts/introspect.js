// P7: is this token alive?
import { askAll } from '../harness/ask.js'
import { leastOf, times } from '../harness/stage.js'
import { bare } from '../subjects/bare.js'
import { rawPost } from '../subjects/raw.js'
import { authenticateRequests } from './requests.js'

/** More than a round can ask for; a round that is done with its tokens ends early. */
const askedPerSecondMax = 16_000
/** oidc-provider's memory holds a thousand entries. */
const seenTokens = 500

/** @type {import('../harness/stage.js').Part} */
export const introspect = {
  name: 'introspect',
  about: 'is this token alive (P7)',
  async run(stage) {
    const [raw, narthex, issuer] = [await stage.raw(), await stage.narthex(), await stage.oidcProvider()]
    const neverSeen = await issuedBeforeRestart(stage, narthex)
    const seen = await issue(narthex, seenTokens)
    const opaque = await askAll(
      issuer.origin,
      Array.from({ length: seenTokens }, () => issuer.tokenRequest('opaque')),
    )
    const ask = (
      /** @type {string} */ path,
      /** @type {Record<string, string>} */ headers,
      /** @type {string} */ token,
    ) => ({
      method: 'POST',
      path,
      headers,
      body: new URLSearchParams({ token }).toString(),
    })
    const does =
      'the client and its scope checked, the token read back, its account, blocks, cut-offs, revocation and channel read as they are now'
    const samples = await stage.measure([
      rawPost(raw),
      bare(
        await stage.bare(),
        'node:http, the account behind the token read by one key, the token itself not looked at',
        () => '/introspect',
        narthex.world.people.slice(0, seenTokens).map(({ id }) => ({
          method: 'POST',
          path: '/introspect',
          body: JSON.stringify({ id, token: seen[0] }),
        })),
      ),
      {
        name: 'Narthex, seen',
        does: `${does}; this process signed it or checked its signature before`,
        server: narthex,
        requests: seen.map((token) => ask('/oauth2/introspect', narthex.form, token)),
      },
      {
        name: 'Narthex, never seen',
        does: `${does}; signed before a restart, its signature is checked now`,
        server: narthex,
        once: true,
        seconds: 1,
        requests: async (round) => neverSeen(round).map((token) => ask('/oauth2/introspect', narthex.form, token)),
      },
      {
        name: 'oidc-provider',
        does: 'an opaque token looked up in its memory; the client checked; nothing is read about anybody',
        server: issuer,
        requests: opaque.map(({ access_token }) => ask('/token/introspection', issuer.form, access_token)),
      },
    ])
    return {
      measured: [...samples.values()],
      findings: [
        {
          goal: 'P7',
          what: 'Narthex, a token seen before',
          unit: '× raw POST',
          limit: { atMost: 1.5 },
          ...times(samples, 'Narthex, seen', 'raw POST'),
        },
        leastOf('P7', samples, 'raw POST'),
        {
          goal: 'P7',
          what: 'Narthex, a token never seen',
          unit: '× raw POST',
          limit: { atMost: 6.5 },
          ...times(samples, 'Narthex, never seen', 'raw POST'),
        },
        {
          goal: 'P7',
          what: 'cheaper than oidc-provider',
          unit: '×',
          limit: { atLeast: 3 },
          ...times(samples, 'oidc-provider', 'Narthex, seen'),
        },
      ],
    }
  },
}

/**
 * @param {import('../subjects/narthex.js').Narthex} narthex
 * @param {number} count
 * @returns {Promise<string[]>}
 */
async function issue(narthex, count) {
  const requests = authenticateRequests(narthex)
  const asked = Array.from({ length: count }, (_, turn) => requests[turn % requests.length])
  const answers = await askAll(narthex.origin, /** @type {import('../harness/load.js').Request[]} */ (asked))
  return answers.map(({ accessToken }) => accessToken)
}

/**
 * Tokens that the process which is asked has not seen: for each round those that no round before has asked for.
 * @param {import('../harness/stage.js').Stage} stage
 * @param {import('../subjects/narthex.js').Narthex} narthex
 */
async function issuedBeforeRestart(stage, narthex) {
  stage.progress.say('issuing tokens that a restarted process has never seen')
  const tokens = await issue(narthex, askedPerSecondMax * (stage.rounds + 1) + 1)
  await narthex.restart()
  return (/** @type {number} */ round) => tokens.slice(round * askedPerSecondMax, (round + 1) * askedPerSecondMax)
}
