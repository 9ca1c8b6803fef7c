// The sign-in page: its files as they are, and the one library that its script uses.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'

const { resolve } = createRequire(import.meta.url)
const folder = join(dirname(resolve('@narthex/server/package.json')), 'assets', 'console')

interface Served {
  readonly path: string
  readonly file: string
  readonly type: string
}

const files: readonly Served[] = [
  { path: '/console', file: join(folder, 'page.html'), type: 'text/html; charset=utf-8' },
  { path: '/console/page.css', file: join(folder, 'page.css'), type: 'text/css; charset=utf-8' },
  { path: '/console/page.js', file: join(folder, 'page.js'), type: 'text/javascript; charset=utf-8' },
  { path: '/console/qr.js', file: qrLibrary(), type: 'text/javascript; charset=utf-8' },
]

export function mountConsolePage(app: FastifyInstance, policy: string): void {
  for (const { path, file, type } of files) {
    const text = readFile(file)
    // Read before the first visitor comes; a failure is that visitor's answer, not an unhandled rejection.
    text.catch(() => {})
    app.get(path, async (_request, reply) =>
      reply
        .type(type)
        .header('content-security-policy', policy)
        .send(await text),
    )
  }
}

function qrLibrary(): string {
  return join(dirname(resolve('lean-qr')), 'index.mjs')
}
