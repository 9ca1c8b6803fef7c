// What is served beside the API: reference, console, health, metrics, keys.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { openapi } from '@narthex/contract'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Database } from '../db/database.ts'
import { mountConsolePage } from './console-page.ts'
import type { Metrics } from './metrics.ts'

export interface Pages {
  readonly db: Database
  readonly metrics: Metrics
  readonly publicUrl: () => string
  readonly draining: () => boolean
  readonly publishedKeys: () => object
}

/** Only what comes from this server, and nothing that frames it. The reference sets its styles inline. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

export function mountPages(app: FastifyInstance, pages: Pages): void {
  mountHealth(app, pages)
  mountReference(app, pages)
  app.get('/.well-known/jwks.json', (_request, reply) =>
    // Verifiers may keep the keys this long; a new key is published longer than that before it signs.
    reply.header('cache-control', 'public, max-age=300').send(pages.publishedKeys()),
  )
  app.get('/', (_request, reply) => reply.redirect('/console'))
  mountConsolePage(app, pagePolicy)
}

function mountHealth(app: FastifyInstance, { db, metrics, draining }: Pages): void {
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    if (draining()) return reply.code(503).header('retry-after', '5').send({ status: 'draining' })
    try {
      await db.ping()
      return { status: 'ready' }
    } catch {
      return reply.code(503).header('retry-after', '2').send({ status: 'database_unavailable' })
    }
  })
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  )
}

function mountReference(app: FastifyInstance, { publicUrl }: Pages): void {
  const module = dirname(createRequire(import.meta.url).resolve('@scalar/fastify-api-reference'))
  const script = readFile(join(module, 'js', 'standalone.js'))
  // Read before the first visitor comes; a failure is that visitor's answer, not an unhandled rejection.
  script.catch(() => {})
  app.get('/openapi.json', () => openapi(publicUrl()))
  app.get('/docs', (_request, reply) => html(reply, referencePage))
  app.get('/docs/reference.js', async (_request, reply) =>
    reply
      .type('text/javascript')
      .header('cache-control', 'public, max-age=86400')
      .send(await script),
  )
  app.get('/docs/start.js', (_request, reply) => reply.type('text/javascript').send(startReference))
}

function html(reply: FastifyReply, page: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy).send(page)
}

const head = (title: string) =>
  `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n` +
  `<title>${title}</title>\n<link rel="icon" href="data:,">\n`

const referencePage =
  `${head('Narthex API reference')}<body>\n<div id="reference"></div>\n` +
  `<script src="/docs/reference.js"></script>\n<script src="/docs/start.js"></script>\n</body>\n</html>\n`

/** Everything that would ask another host is off: the reference must work where there is no way out. */
const startReference = `Scalar.createApiReference('#reference', {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
})
`
