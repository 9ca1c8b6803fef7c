// The sign-in page in a real browser: what a first owner does, and what a member does who was invited.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testDatabases, type TestDatabaseKind } from '../packages/server/test/databases.ts'
import { codeAt, fromBase32 } from '../packages/server/test/sign-in.ts'
import { startTestServer, type TestServer } from '../packages/server/test/test-server.ts'
import { browserFound, launchBrowser, watch } from './browser.ts'

const password = 'a corridor with nine lamps'
const ownerEmail = 'owner@narthex.invalid'

describe.skipIf(!browserFound)('the sign-in page in a browser', () => {
  let server: TestServer
  let browser: Browser
  const contexts: BrowserContext[] = []

  beforeAll(async () => {
    server = await startTestServer(testDatabases[0] as TestDatabaseKind, { environment: { NARTHEX_PUBLIC_URL: '' } })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  const opened = async (address = '/console') => {
    const context = await browser.newContext()
    contexts.push(context)
    const page = await context.newPage()
    const seen = watch(page, server.address)
    await page.goto(server.address + address)
    return { page, ...seen }
  }
  const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
  const signIn = async (page: Page, email = ownerEmail) => {
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }
  const told = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor()

  it('takes the first owner from the printed token to a password and a second factor, asking no other host', async () => {
    const { page, foreign, complaints } = await opened()
    await heading(page, 'Sign in')
    await page.getByText('Sign in with a member token').click()
    await page.getByLabel('Member token').fill(server.owner.key)
    await page.getByRole('button', { name: 'Sign in with the token' }).click()
    await heading(page, 'You are signed in')
    await page.getByText('My workspace').waitFor()

    await page.locator('summary', { hasText: 'Set a password' }).click()
    await page.locator('section:visible').getByLabel('New password').fill(password)
    await page.getByRole('button', { name: 'Save the password' }).click()
    await told(page, 'The password is saved.')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await heading(page, 'Sign in')
    await signIn(page)
    await heading(page, 'You are signed in')

    await page.getByRole('button', { name: 'Add an authenticator app' }).click()
    await page.getByRole('img', { name: 'QR code of the secret' }).waitFor()
    const key = fromBase32(((await page.locator('#factor-secret').textContent()) as string).replaceAll(' ', ''))
    await page.locator('#factor-confirm').getByLabel('Code that the app shows').fill(codeAt(key, Date.now()))
    await page.getByRole('button', { name: 'Turn it on' }).click()
    await told(page, 'The second factor is on.')
    expect(await page.locator('#factor-secret').textContent()).toBe('')
    expect([foreign, complaints]).toEqual([[], []])

    await page.getByRole('button', { name: 'Sign out' }).click()
    await heading(page, 'Sign in')
    await signIn(page)
    await page.getByLabel('Code', { exact: true }).fill(codeAt(key, Date.now() + 30_000))
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await heading(page, 'You are signed in')
    await page.locator('summary', { hasText: 'Turn it off' }).click()
    await page.getByLabel('Or, without the app, your password').fill(password)
    await page.getByRole('button', { name: 'Turn it off' }).click()
    await told(page, 'The second factor is off.')
    expect(
      await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])),
    ).toBe('[{},{},""]')
    expect(foreign).toEqual([])
  })

  it('says what is wrong beside the form, and keeps what was typed', async () => {
    const { page } = await opened()
    await signIn(page, 'nobody@example.com')
    await page.getByRole('alert').filter({ hasText: 'is not right' }).waitFor()
    expect(await page.getByLabel('E-mail').inputValue()).toBe('nobody@example.com')
  })

  it('lets an invited member join by a link that leaves no trace in the address, and sign in again', async () => {
    const member = { email: 'rita@example.com', firstname: 'Rita', lastname: 'Reis', role: 'reviewer' }
    const { invitation } = (await server.owner.post('/members', member)).body
    const { page, foreign, complaints } = await opened(`/console#invitation=${invitation}`)
    await heading(page, 'Join your workspace')
    expect(page.url()).toBe(`${server.address}/console`)
    await page.locator('section:visible').getByLabel('New password').fill(password)
    await page.getByRole('button', { name: 'Join' }).click()
    await told(page, 'You have joined.')
    await page.getByText('rita@example.com').waitFor()
    await page.reload()
    await heading(page, 'You are signed in')
    expect([foreign, complaints]).toEqual([[], []])
  })

  it('can be used by keyboard alone: every field has a label, and the heading has the focus', async () => {
    const { page } = await opened()
    await heading(page, 'Sign in')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    const unnamed = await page.evaluate(
      () =>
        Array.from(document.querySelectorAll('input:not([hidden])')).filter(
          (input) => !(input as HTMLInputElement).labels?.length,
        ).length,
    )
    expect(unnamed).toBe(0)
    for (const label of ['E-mail', 'Password']) {
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).labels?.[0]?.textContent)).toBe(
        label,
      )
    }
  })
})
