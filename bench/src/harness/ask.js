// Many requests whose answers are needed, a few at a time.
import { Agent, request as send } from 'node:http'

const atOnce = 64

/**
 * @param {string} origin
 * @param {readonly import('./load.js').Request[]} requests
 * @returns {Promise<any[]>} The bodies, parsed, in the order of the requests.
 */
export async function askAll(origin, requests) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce })
  /** @type {any[]} */
  const answers = []
  let next = 0
  const worker = async () => {
    while (next < requests.length) {
      const place = next++
      answers[place] = await ask(agent, origin, /** @type {import('./load.js').Request} */ (requests[place]))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  agent.destroy()
  return answers
}

/**
 * @param {Agent} agent
 * @param {string} origin
 * @param {import('./load.js').Request} request
 */
function ask(agent, origin, { method, path, headers = {}, body }) {
  return new Promise((resolve, reject) => {
    const outgoing = send(origin + path, { agent, method, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      response.on('end', () => {
        if (Number(response.statusCode) < 300) resolve(JSON.parse(text))
        else reject(new Error(`${method} ${path} was answered ${response.statusCode}: ${text}`))
      })
    })
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}
