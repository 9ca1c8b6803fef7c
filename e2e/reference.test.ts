import { basePaths, oauthOperations, openapi, operations, type Operation } from '@narthex/contract'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabaseKind } from '../packages/server/test/databases.ts'
import { startTestServer, type TestServer } from '../packages/server/test/test-server.ts'
import { browserFound, launchBrowser, watch } from './browser.ts'

const all: Operation[] = Object.values(operations)
const resourceOf = ({ id }: Operation) => id.split('.', 1)[0] as string
/** The last one of each, so that the page has to scroll through all of them. */
const onePerResource = [...new Map(all.map((operation) => [resourceOf(operation), operation])).values()]
const shown = [...onePerResource, ...Object.values(oauthOperations)]

/** Where the reference shows an operation. */
function placeOf(operation: Pick<Operation, 'id' | 'method' | 'path'> & Partial<Pick<Operation, 'surface'>>): string {
  const path = (operation.surface ? basePaths[operation.surface] : '') + operation.path
  const tag = tags.get(operation.id)?.toLowerCase().replaceAll(' ', '-')
  return `#tag/${tag}/${operation.method}${path}`
}

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { operationId: string; tags: string[] }>>>>
}

const { paths } = openapi('http://127.0.0.1') as unknown as Described
const entries = Object.values(paths).flatMap((path) => Object.values(path))
const tags = new Map(entries.map((entry) => [entry.operationId, entry.tags[0] as string]))

describe('the pages beside the API', () => {
  let server: TestServer

  beforeAll(async () => {
    // No public address: it is then the one it listens on, as on a first start.
    const environment = { NARTHEX_PUBLIC_URL: '' }
    server = await startTestServer(testDatabases[0] as TestDatabaseKind, { environment })
  })
  afterAll(() => server.close())

  it('answers /openapi.json with the document of the contract at its own public address', async () => {
    const { status, body } = await server.client.get('//openapi.json')
    expect(status).toBe(200)
    expect(body).toEqual(openapi(server.address))
  })

  it('leads from / to /console, and from there to the reference', async () => {
    const root = await server.client.get('//')
    expect([root.status, root.headers.get('location')]).toEqual([302, '/console'])
    const page = await server.client.get('//console')
    expect(page.status).toBe(200)
    expect(page.body).toContain('href="/docs"')
    expect(page.body).toContain('href="/openapi.json"')
  })

  describe.skipIf(!browserFound)('in a browser', () => {
    let browser: Browser

    beforeAll(async () => {
      browser = await launchBrowser()
    })
    afterAll(() => browser.close())

    it('renders operations of every resource without asking another host and without a complaint', async () => {
      const page = await browser.newPage()
      const { foreign, complaints } = watch(page, server.address)
      await page.goto(`${server.address}/docs`)
      await page.getByRole('heading', { name: 'Narthex API' }).waitFor()
      for (const operation of shown) {
        await page.goto(`${server.address}/docs${placeOf(operation)}`)
        await page.getByRole('heading', { name: operation.summary, exact: true }).first().waitFor({ timeout: 20_000 })
      }
      expect(foreign).toEqual([])
      expect(complaints).toEqual([])
    })

    it('sends a request from the reference with the key that the reader typed, and keeps that key nowhere', async () => {
      const page = await browser.newPage()
      const { foreign, complaints } = watch(page, server.address)
      await page.goto(`${server.address}/docs${placeOf(operations['workspace.get'])}`)
      await page
        .getByRole('button', { name: /^Test Request.*\/api\/v1\/workspace/i })
        .first()
        .click()
      const dialog = page.getByRole('dialog').first()
      await dialog.locator('input[placeholder]').first().fill(server.client.key)
      const answered = page.waitForResponse(`${server.address}/api/v1/workspace`)
      await dialog.getByRole('button', { name: /^Send/ }).first().click()
      const response = await answered
      expect(response.status()).toBe(200)
      expect(await response.json()).toMatchObject({ id: server.workspaceId })
      const kept = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]),
      )
      expect(kept).not.toContain(server.client.key)
      expect(foreign).toEqual([])
      expect(complaints).toEqual([])
    })

    it('shows the console page without asking another host and without a complaint', async () => {
      const page = await browser.newPage()
      const { foreign, complaints } = watch(page, server.address)
      await page.goto(server.address)
      expect(new URL(page.url()).pathname).toBe('/console')
      await page.getByRole('link', { name: 'API reference' }).click()
      await page.waitForURL('**/docs')
      expect([foreign, complaints]).toEqual([[], []])
    })
  })
})
