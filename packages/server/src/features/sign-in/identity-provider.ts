// The identity provider that the operator connected: OpenID Connect with code, PKCE, state and nonce, through openid-client.
import * as openid from 'openid-client'
import type { Clock } from '../../lib/clock.ts'
import { decrypt, deriveKey, encrypt } from '../../lib/encryption.ts'
import { OutgoingError, type Outgoing } from '../../lib/outgoing.ts'

/** Metadata is asked for again after this; keys are asked for by the library as it needs them. */
const metadataKeptMs = 60 * 60 * 1000
/** Between going to the provider and coming back somebody may have to look for a phone. */
export const roundTripMs = 10 * 60 * 1000

const scope = 'openid email'

export interface IdentityProvider {
  /** Where to send the browser, and what it keeps meanwhile: sealed, since it proves that the same browser came back. */
  begin(publicUrl: string): Promise<{ readonly location: string; readonly kept: string }>
  /** Throws `IdentityProviderError` unless the provider has really signed somebody in for this browser, just now. */
  finish(publicUrl: string, url: string, kept: string | null): Promise<Identity>
}

/** As the operator registered this service with the provider. */
export interface OidcSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

/** Whom the provider signed in. */
export interface Identity {
  readonly issuer: string
  readonly subject: string
  /** Only one that the provider calls verified. */
  readonly email: string | null
}

/** `reason` is for the log: it holds nothing of the person and no secret. */
export class IdentityProviderError extends Error {
  override readonly name = 'IdentityProviderError'
  readonly reason: string

  constructor(reason: string) {
    super('The identity provider signed nobody in')
    this.reason = reason
  }
}

export interface IdentityProviderOptions {
  readonly settings: OidcSettings
  readonly outgoing: Outgoing
  readonly clock: Clock
  readonly secret: string
}

interface Kept {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly endsAt: number
}

export function createIdentityProvider(options: IdentityProviderOptions): IdentityProvider {
  const { clock, secret } = options
  const key = deriveKey(secret, 'single sign-on')
  const configuration = createConfiguration(options)
  return {
    async begin(publicUrl) {
      const kept: Kept = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        verifier: openid.randomPKCECodeVerifier(),
        endsAt: clock.now() + roundTripMs,
      }
      const location = await told(async () =>
        openid.buildAuthorizationUrl(await configuration(), {
          redirect_uri: callbackOf(publicUrl),
          scope,
          state: kept.state,
          nonce: kept.nonce,
          code_challenge: await openid.calculatePKCECodeChallenge(kept.verifier),
          code_challenge_method: 'S256',
        }),
      )
      return { location: location.href, kept: encrypt(key, JSON.stringify(kept)) }
    },
    async finish(publicUrl, url, sealed) {
      const kept = opened(key, sealed)
      if (!kept || kept.endsAt <= clock.now()) throw new IdentityProviderError('the browser did not begin here')
      const config = await told(configuration)
      const tokens = await told(() =>
        openid.authorizationCodeGrant(config, new URL(callbackOf(publicUrl) + queryOf(url)), {
          expectedState: kept.state,
          expectedNonce: kept.nonce,
          pkceCodeVerifier: kept.verifier,
          idTokenExpected: true,
        }),
      )
      const claims = tokens.claims() as openid.IDToken
      // Some providers tell addresses here only.
      const profile =
        claims['email'] === undefined && config.serverMetadata().userinfo_endpoint !== undefined
          ? await told(() => openid.fetchUserInfo(config, tokens.access_token, claims.sub))
          : claims
      const verified = profile['email_verified'] === true && typeof profile['email'] === 'string'
      return { issuer: claims.iss, subject: claims.sub, email: verified ? (profile['email'] as string) : null }
    },
  }
}

function createConfiguration({ settings, outgoing, clock }: IdentityProviderOptions) {
  let held: { readonly until: number; readonly found: Promise<openid.Configuration> } | null = null
  return () => {
    if (!held || held.until <= clock.now()) {
      const found = discover(settings, outgoing)
      held = { until: clock.now() + metadataKeptMs, found }
      // A failure is not kept: the next who signs in asks again.
      found.catch(() => (held = null))
    }
    return held.found
  }
}

async function discover(settings: OidcSettings, outgoing: Outgoing): Promise<openid.Configuration> {
  const { issuer, clientId, clientSecret } = settings
  const fetch: openid.CustomFetch = (url, { method, headers, body }) =>
    outgoing.fetch(url, { method, headers, ...(body !== undefined && body !== null && { body: String(body) }) })
  // Whether plain http may be asked at all is decided by the settings of outgoing requests.
  const execute = [openid.allowInsecureRequests]
  const found = await openid.discovery(new URL(issuer), clientId, clientSecret, undefined, {
    [openid.customFetch]: fetch,
    execute,
  })
  const metadata = found.serverMetadata()
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
  const authenticate = methods.includes('client_secret_basic') ? openid.ClientSecretBasic : openid.ClientSecretPost
  const configuration = new openid.Configuration(metadata, clientId, clientSecret, authenticate(clientSecret))
  configuration[openid.customFetch] = fetch
  openid.allowInsecureRequests(configuration)
  // The signature is checked although the token comes from the provider itself.
  openid.enableNonRepudiationChecks(configuration)
  return configuration
}

/** What the library refuses, and what could not be asked, in a word for the log. */
async function told<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const cause = (error as Error).cause
    const outgoing = [error, cause].find((one) => one instanceof OutgoingError) as OutgoingError | undefined
    const { code, error: word } = error as { code?: unknown; error?: unknown }
    const reason = outgoing?.message ?? [word, code, (error as Error).name].find((one) => typeof one === 'string')
    throw new IdentityProviderError(String(reason))
  }
}

function opened(key: Buffer, sealed: string | null): Kept | null {
  try {
    return sealed === null ? null : (JSON.parse(decrypt(key, sealed)) as Kept)
  } catch {
    return null
  }
}

/** Registered with the provider by the operator. */
function callbackOf(publicUrl: string): string {
  return `${publicUrl}/console/oidc/callback`
}

function queryOf(url: string): string {
  const start = url.indexOf('?')
  return start < 0 ? '' : url.slice(start)
}
