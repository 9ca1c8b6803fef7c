// What a log at its loudest tells of people who sign in: nothing of them.
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { createBrowserClient } from '../../../test/browser-client.ts'
import { testDatabases, type TestDatabaseKind } from '../../../test/databases.ts'
import { startOidcIssuer } from '../../../test/oidc-issuer.ts'
import { cheapPasswords, password, signedInMember, withSecondFactor } from '../../../test/sign-in.ts'
import { startTestServer } from '../../../test/test-server.ts'

it('holds no address, no secret, and nothing that the identity provider said of a person', async () => {
  let written = ''
  const log = pino({ level: 'trace' }, { write: (line: string) => (written += line) })
  const provider = await startOidcIssuer()
  const server = await startTestServer(testDatabases[0] as TestDatabaseKind, {
    log,
    limits: cheapPasswords,
    environment: {
      NARTHEX_OUTGOING_ALLOW: '127.0.0.1',
      NARTHEX_OIDC_ISSUER: provider.issuer,
      NARTHEX_OIDC_CLIENT_ID: provider.audience,
      NARTHEX_OIDC_CLIENT_SECRET: provider.clientSecret,
    },
  })
  const { email, token, browser } = await signedInMember(server)
  await withSecondFactor(browser, Date.now)
  await createBrowserClient(server.address).post('/console/sign-in', { email, password: 'a wrong password' })
  await createBrowserClient(server.address).post('/console/sign-in', { email, password, code: '000000' })
  const stranger = { sub: 'the-subject', email: 'stranger@example.com', email_verified: true }
  const at = createBrowserClient(server.address)
  const { headers } = await at.get('/console/oidc')
  const back = await provider.visit(stranger, headers.get('location') as string)
  await at.get(back.replace('https://id.example.com', ''))
  await at.get('/console/oidc/callback?error=access_denied&error_description=stranger@example.com')
  expect(written).toContain('nobody was signed in by single sign-on')
  const secrets = [...browser.cookies.values(), provider.clientSecret, new URL(back).searchParams.get('code')]
  for (const text of [email, token, password, stranger.email, stranger.sub, ...secrets])
    expect(written).not.toContain(text)
  await Promise.all([server.close(), provider.close()])
})
