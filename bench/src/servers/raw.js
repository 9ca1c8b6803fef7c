// What everything is measured against: node:http and nothing else. GET answers 300 bytes of JSON; POST reads a body first.
import { createServer } from 'node:http'

const filler = { id: '0'.repeat(36), name: 'Ada Lovelace', padding: '' }
const answer = JSON.stringify({ ...filler, padding: 'x'.repeat(300 - JSON.stringify(filler).length) })

const server = createServer((request, response) => {
  if (request.method !== 'POST') return void send(response)
  /** @type {Buffer[]} */
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString())
    send(response)
  })
})

/** @param {import('node:http').ServerResponse} response */
function send(response) {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length })
  response.end(answer)
}

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(`listening on http://127.0.0.1:${port}`)
})
process.once('SIGTERM', () => process.exit(0))
