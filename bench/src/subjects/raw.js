// node:http and nothing else.
import { join } from 'node:path'
import { startProcess } from '../harness/process.js'

/** @param {{ place?: import('../harness/pin.js').Place, port?: number }} [options] */
export async function rawNode({ place, port = 0 } = {}) {
  const file = join(import.meta.dirname, '..', 'servers', 'raw.js')
  const server = await startProcess({
    command: process.execPath,
    args: [file],
    env: { PORT: String(port) },
    ready: /listening on (\S+)/,
    ...(place && { place }),
  })
  return { origin: server.ready, process: server, stop: server.stop }
}

/** @typedef {Awaited<ReturnType<typeof rawNode>>} Raw */

/** @param {Raw} server @returns {import('../harness/rounds.js').Case} */
export function rawGet(server) {
  return {
    name: 'raw GET',
    does: 'node:http answers 300 bytes of JSON',
    server,
    requests: [{ method: 'GET', path: '/' }],
  }
}

/** @param {Raw} server @returns {import('../harness/rounds.js').Case} */
export function rawPost(server) {
  const body = JSON.stringify({ channelId: '0'.repeat(36), externalId: 'demo-ada' })
  const requests = [{ method: 'POST', path: '/', headers: { 'content-type': 'application/json' }, body }]
  return {
    name: 'raw POST',
    does: 'node:http collects a body, parses it as JSON, answers 300 bytes of JSON',
    server,
    requests,
  }
}
