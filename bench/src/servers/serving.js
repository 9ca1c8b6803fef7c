// What the small servers around the peers share.

/** @param {import('node:http').IncomingMessage} request */
export async function readJson(request) {
  /** @type {Buffer[]} */
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString())
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {object} answer
 */
export function sendJson(response, status, answer) {
  const text = JSON.stringify(answer)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

/**
 * Listens and says where, in the words that the harness waits for.
 * @param {import('node:http').Server} server
 */
export function announce(server) {
  server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
    console.log(`listening on http://127.0.0.1:${port}`)
  })
  process.once('SIGTERM', () => process.exit(0))
}
