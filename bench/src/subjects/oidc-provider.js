// oidc-provider with the adapter that it brings: everything in memory.
import { join } from 'node:path'
import { startProcess } from '../harness/process.js'
import { versionOf } from './version.js'

export const describes = `oidc-provider ${versionOf('oidc-provider')} with its own memory adapter, one client with a secret, ES256, no database and nobody to look up`

export async function oidcProvider() {
  const server = await startProcess({
    command: process.execPath,
    args: [join(import.meta.dirname, '..', 'servers', 'oidc-provider.js')],
    env: { NODE_ENV: 'production' },
    ready: /listening on (\S+)/,
  })
  const credentials = Buffer.from('bench:a-secret-for-measuring-that-opens-nothing').toString('base64')
  const form = { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' }
  return {
    origin: server.ready,
    process: server,
    form,
    stop: server.stop,
    /** @param {'jwt' | 'opaque'} kind @returns {import('../harness/load.js').Request} */
    tokenRequest: (kind) => ({
      method: 'POST',
      path: '/token',
      headers: form,
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: 'read',
        resource: `urn:bench:${kind}`,
      }).toString(),
    }),
  }
}

/** @typedef {Awaited<ReturnType<typeof oidcProvider>>} OidcProvider */
