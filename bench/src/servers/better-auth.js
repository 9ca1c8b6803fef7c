// better-auth behind node:http: its own routes, and our way in composed of its own calls.
import { createServer } from 'node:http'
import { toNodeHandler } from 'better-auth/node'
import { openBetterAuth } from './better-auth-instance.js'
import { announce, readJson, sendJson } from './serving.js'

const { auth } = openBetterAuth(/** @type {string} */ (process.env.BENCH_FILE))
const routes = toNodeHandler(auth)
const { internalAdapter } = await auth.$context

/**
 * Who calls, whom they ask about, a token for that one: the three things that one authenticate does.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function authenticate(request, response) {
  const { email } = await readJson(request)
  const { valid } = await auth.api.verifyApiKey({ body: { key: String(request.headers['x-api-key']) } })
  if (!valid) return sendJson(response, 401, { message: 'no such key' })
  const found = await internalAdapter.findUserByEmail(email)
  if (!found) return sendJson(response, 404, { message: 'no such user' })
  const { token } = await auth.api.signJWT({ body: { payload: { sub: found.user.id, aud: 'bench' } } })
  return sendJson(response, 200, { ...found.user, accessToken: token })
}

const server = createServer((request, response) => {
  const work = request.url === '/authenticate' ? authenticate(request, response) : routes(request, response)
  work.catch((error) => sendJson(response, 500, { message: String(error) }))
})

announce(server)
