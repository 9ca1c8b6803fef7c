// The rows, the signature and the socket: what no design with this database and this runtime can go below.
import { join } from 'node:path'
import { startProcess } from '../harness/process.js'
import { copyOf } from '../worlds/folders.js'
import { sqliteWorld } from '../worlds/narthex.js'

export const describes =
  'node:http, the same SQLite file with the same durability, prepared statements by key, ES256 by a held key: no framework, credential, scope, rate, validation or decision'

const json = { 'content-type': 'application/json' }

/** @param {number} size */
export async function bareServer(size) {
  const world = await sqliteWorld(size)
  const copy = copyOf(world.folder)
  const server = await startProcess({
    command: process.execPath,
    args: [join(import.meta.dirname, '..', 'servers', 'bare.js')],
    env: { BENCH_FILE: join(copy.folder, 'narthex.db'), BENCH_WORKSPACE: world.workspaceId },
    ready: /listening on (\S+)/,
  })
  return {
    origin: server.ready,
    process: server,
    world,
    async stop() {
      await server.stop()
      copy.remove()
    },
  }
}

/** @typedef {Awaited<ReturnType<typeof bareServer>>} Bare */

/**
 * The requests of a case of Narthex, sent to the bare server.
 * @param {Bare} server
 * @param {string} does
 * @param {(path: string) => string} path
 * @param {readonly import('../harness/load.js').Request[]} requests
 * @returns {import('../harness/rounds.js').Case}
 */
export function bare(server, does, path, requests) {
  return {
    name: 'bare',
    does,
    server,
    requests: requests.map(({ method, body, ...rest }) => ({
      method,
      path: path(rest.path),
      ...(body !== undefined && { headers: json, body }),
    })),
  }
}
