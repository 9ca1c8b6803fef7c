// P4: one external user.
import { leastOf, times } from '../harness/stage.js'
import { bare } from '../subjects/bare.js'
import { user } from '../subjects/better-auth.js'
import { objectId } from '../subjects/parse-server.js'
import { rawGet } from '../subjects/raw.js'
import { getRequests } from './requests.js'
import { somePlaces } from './some-places.js'

/** @type {import('../harness/stage.js').Part} */
export const get = {
  name: 'get',
  about: 'one external user by its id (P4)',
  async run(stage) {
    const [raw, narthex] = [await stage.raw(), await stage.narthex()]
    const [peer, parse] = [await stage.betterAuth(), await stage.parseServer()]
    const places = somePlaces(stage.size)
    const samples = await stage.measure([
      rawGet(raw),
      bare(
        await stage.bare(),
        'node:http, the account read by one key',
        (path) => path.slice(path.lastIndexOf('/')),
        getRequests(narthex),
      ),
      {
        name: 'Narthex',
        does: 'key, rate and scope checked, the account read with the blocks that reach it, answered with its entity tag',
        server: narthex,
        requests: getRequests(narthex),
      },
      {
        name: 'better-auth',
        does: "admin/get-user: the administrator's session and its rights checked, the user read",
        server: peer,
        requests: places.map((place) => ({
          method: 'GET',
          path: `/api/auth/admin/get-user?id=${user(place).id}`,
          headers: peer.session,
        })),
      },
      {
        name: 'parse-server',
        does: 'classes/ExternalUser/ID with the master key: the object read',
        server: parse,
        requests: places.map((place) => ({
          method: 'GET',
          path: `/parse/classes/ExternalUser/${objectId(place)}`,
          headers: parse.key,
        })),
      },
    ])
    return {
      measured: [...samples.values()],
      findings: [
        {
          goal: 'P4',
          what: 'Narthex',
          unit: '× raw GET',
          limit: { atMost: 1.6 },
          ...times(samples, 'Narthex', 'raw GET'),
        },
        leastOf('P4', samples, 'raw GET'),
        {
          goal: 'P4',
          what: 'cheaper than better-auth',
          unit: '×',
          limit: { atLeast: 80 },
          ...times(samples, 'better-auth', 'Narthex'),
        },
        {
          goal: 'P4',
          what: 'cheaper than parse-server',
          unit: '×',
          limit: { atLeast: 20 },
          ...times(samples, 'parse-server', 'Narthex'),
        },
      ],
    }
  },
}
