// P12: keys that open nothing.
import { join } from 'node:path'
import { times } from '../harness/stage.js'
import { rawPost } from '../subjects/raw.js'
import { root } from '../worlds/folders.js'
import { authenticateRequests } from './requests.js'

/** More than a round can send. */
const guessesPerSecondMax = 60_000

/** @type {import('../harness/stage.js').Part} */
export const keys = {
  name: 'keys',
  about: 'keys that open nothing (P12)',
  async run(stage) {
    const [raw, narthex] = [await stage.raw(), await stage.narthex()]
    const { makeSecret } = await import(join(root, 'packages', 'server', 'dist', 'lib', 'secret.js'))
    const [request] = authenticateRequests(narthex)
    const withKey = (/** @type {string} */ authorization) => ({
      .../** @type {import('../harness/load.js').Request} */ (request),
      headers: { ...request?.headers, authorization },
    })
    // The last character is part of the checksum.
    const wrong = (/** @type {string} */ key) => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0')
    const status = 401
    const samples = await stage.measure([
      rawPost(raw),
      {
        name: 'wrong checksum',
        does: 'authenticate with a mistyped key: refused by its form alone',
        server: narthex,
        status,
        requests: Array.from({ length: 1_000 }, () => withKey(wrong(makeSecret('nxk')))),
      },
      {
        name: 'unknown, again',
        does: 'authenticate with the same few unknown keys again and again',
        server: narthex,
        status,
        requests: Array.from({ length: 10 }, () => withKey(makeSecret('nxk'))),
      },
      {
        name: 'unknown, new',
        does: 'authenticate with a well-formed key that nobody has sent before',
        server: narthex,
        status,
        once: true,
        seconds: 1,
        requests: async () => Array.from({ length: guessesPerSecondMax }, () => withKey(makeSecret('nxk'))),
      },
    ])
    const over = (/** @type {string} */ name) => times(samples, name, 'raw POST')
    return {
      measured: [...samples.values()],
      findings: [
        {
          goal: 'P12',
          what: 'a key with a wrong checksum',
          unit: '× raw POST',
          limit: { atMost: 1.3 },
          ...over('wrong checksum'),
        },
        { goal: 'P12', what: 'an unknown key, again', unit: '× raw POST', limit: null, ...over('unknown, again') },
        {
          goal: 'P12',
          what: 'an unknown key, for the first time',
          unit: '× raw POST',
          limit: null,
          ...over('unknown, new'),
        },
      ],
    }
  },
}
