// The browser that end-to-end tests drive: CHROMIUM_PATH, else a system Chromium.
import { existsSync } from 'node:fs'
import { chromium, type Browser, type Page } from 'playwright-core'

const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find((path) => path && existsSync(path))

/** False means that the tests in a browser cannot run, which this says loudly. */
export const browserFound = executablePath !== undefined

if (!browserFound) {
  const rule = '!'.repeat(100)
  console.warn(
    `${rule}\n!! NO BROWSER FOUND: tests in a browser are SKIPPED. Install Chromium or set CHROMIUM_PATH.\n${rule}`,
  )
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath && { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--no-first-run',
    ],
  })
}

/** What a page must not do: ask another host for anything, or complain. Listens from now on. */
export function watch(page: Page, address: string): { foreign: string[]; complaints: string[] } {
  const foreign: string[] = []
  const complaints: string[] = []
  const note = (url: string) => {
    if (!url.startsWith(`${address}/`) && !/^(data|blob):/.test(url)) foreign.push(url)
  }
  page.context().on('request', (request) => note(request.url()))
  page.on('websocket', (socket) => note(socket.url()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  return { foreign, complaints }
}
