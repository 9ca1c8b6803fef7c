// A real OpenID provider: its own keys, its own logins, and the tokens it really issues.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'
import { basic } from './oauth.ts'

const redirectUri = 'https://app.example.com/callback'
const consoleUri = 'https://id.example.com/console/oidc/callback'
const client = { id: 'our-app', secret: 'a-secret-of-the-app-and-of-nobody-else' }

export interface Person {
  readonly sub: string
  readonly email: string
  readonly email_verified: boolean
}

export interface OidcIssuer {
  readonly issuer: string
  readonly jwksUri: string
  readonly audience: string
  /** What the app authenticates itself with at the token endpoint. */
  readonly clientSecret: string
  /** The ID token that the app gets when the person signs in (authorization code flow). */
  idToken(person: Person): Promise<string>
  /** Opens an address of the provider as the person's browser does; answers where the provider sends it in the end. */
  visit(person: Person, address: string): Promise<string>
  /** The JWT access token that the app gets for itself (client credentials with a resource, RFC 8707 and RFC 9068). */
  accessToken(): Promise<string>
  close(): Promise<void>
}

export async function startOidcIssuer(): Promise<OidcIssuer> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const people = new Map<string, Person>()
  let signingIn = ''
  const provider = new Provider(issuer, await configuration(people))
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next()
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: signingIn } })
    ctx.respond = false
  })
  server.on('request', provider.callback())
  const token = async (fields: Record<string, string>) => {
    const headers = basic(client.id, client.secret)
    const reply = await fetch(`${issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(fields) })
    const body = (await reply.json()) as { access_token: string; id_token: string }
    if (!reply.ok) throw new Error(`The provider answered ${JSON.stringify(body)}`)
    return body
  }
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    audience: client.id,
    clientSecret: client.secret,
    async visit(person, address) {
      people.set(person.sub, person)
      signingIn = person.sub
      return followed(issuer, address)
    },
    async idToken(person) {
      people.set(person.sub, person)
      signingIn = person.sub
      const code = await signIn(issuer)
      return (await token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })).id_token
    },
    accessToken: async () =>
      (await token({ grant_type: 'client_credentials', resource: 'https://api.example.com' })).access_token,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function configuration(people: ReadonlyMap<string, Person>): Promise<object> {
  const keys = await Promise.all(
    ['RS256', 'ES256'].map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true })
      return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `provider-${alg}` }
    }),
  )
  return {
    jwks: { keys },
    cookies: { keys: ['a-key-for-cookies-in-tests'] },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [redirectUri, consoleUri],
        response_types: ['code'],
        grant_types: ['authorization_code', 'client_credentials'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    // The claims of a scope go into the ID token itself, as most providers do it.
    conformIdTokenClaims: false,
    ttl: Object.fromEntries(
      ['AccessToken', 'ClientCredentials', 'Grant', 'IdToken', 'Interaction', 'Session'].map((kind) => [kind, 600]),
    ),
    pkce: { required: () => false },
    findAccount: (_ctx: unknown, sub: string) => ({ accountId: sub, claims: () => people.get(sub) }),
    async loadExistingGrant(ctx: {
      oidc: { provider: Provider; client: { clientId: string }; session: { accountId: string } }
    }) {
      const { provider, client: asking, session } = ctx.oidc
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: client.id,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  }
}

async function signIn(issuer: string): Promise<string> {
  const query = { client_id: client.id, response_type: 'code', redirect_uri: redirectUri, scope: 'openid email' }
  const at = await followed(issuer, `${issuer}/auth?${new URLSearchParams(query)}`)
  const code = new URL(at).searchParams.get('code')
  if (code === null) throw new Error(`The provider signed nobody in: ${at}`)
  return code
}

/** Follows the redirects of a sign-in with its cookies, as a browser does, up to an address that is not the provider's. */
async function followed(issuer: string, address: string): Promise<string> {
  const cookies = new Map<string, string>()
  let at = address
  while (at.startsWith(issuer)) {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ')
    const reply = await fetch(at, { headers: { cookie }, redirect: 'manual' })
    for (const line of reply.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) as unknown as [string, string, string]
      cookies.set(name, value)
    }
    const next = reply.headers.get('location')
    if (next === null) throw new Error(`The provider did not go on: ${reply.status} ${await reply.text()}`)
    at = new URL(next, at).href
  }
  return at
}
