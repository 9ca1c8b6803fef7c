// Who calls an OAuth endpoint: an API key, shown as Bearer token or as client credentials (RFC 6749 section 2.3.1).
import { OAuthError } from '../lib/oauth-error.ts'
import { secretOf } from './authenticate.ts'
import { formDecoded, type Form } from './parse-form.ts'

export interface ClientCredentials {
  readonly method: 'bearer' | 'basic' | 'form'
  /** The id of the API key; null where the method does not tell it. */
  readonly clientId: string | null
  readonly secret: string
}

const bearerChallenge = 'Bearer realm="narthex"'
const basicChallenge = 'Basic realm="narthex", charset="UTF-8"'

/** What the header shows; null without one. */
export function credentialsOfHeader(authorization: string | undefined): ClientCredentials | null {
  const [, basic] = /^basic(?: +|$)(.*)/i.exec(authorization ?? '') ?? []
  if (basic !== undefined) return basicCredentials(basic)
  const secret = secretOf(authorization)
  return secret === null ? null : { method: 'bearer', clientId: null, secret }
}

function basicCredentials(encoded: string): ClientCredentials {
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  const [clientId, secret] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)].map(formDecoded)
  if (!clientId || !secret) throw invalidClient('basic')
  return { method: 'basic', clientId, secret }
}

/** The credentials of the whole request. A client must not use more than one method. */
export function requireCredentials(shown: ClientCredentials | null, form: Form): ClientCredentials {
  const clientId = (form['client_id'] as string | undefined) ?? null
  const secret = form['client_secret'] as string | undefined
  if (shown && secret !== undefined) {
    throw new OAuthError('invalid_request', 'The client must authenticate by one method: header or form, not both.')
  }
  if (shown) {
    const agrees = clientId === null || shown.clientId === null || isSameId(clientId, shown.clientId)
    if (!agrees) throw invalidClient(shown.method)
    return { ...shown, clientId: shown.clientId ?? clientId }
  }
  if (secret === undefined || clientId === null) throw invalidClient(null)
  return { method: 'form', clientId, secret }
}

/** UUIDs are the same in either case. */
export function isSameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

/** The challenge answers the method that was tried; to a client that tried none both are shown. */
export function invalidClient(method: ClientCredentials['method'] | null): OAuthError {
  const challenge =
    method === 'bearer'
      ? `${bearerChallenge}, error="invalid_token"`
      : method === 'basic'
        ? basicChallenge
        : `${basicChallenge}, ${bearerChallenge}`
  return new OAuthError('invalid_client', undefined, { challenge })
}

/** RFC 6750 section 3.1 for a Bearer token, RFC 6749 section 5.2 for a client. */
export function scopeMissing(method: ClientCredentials['method'], scope: string): OAuthError {
  const description = `The API key lacks the scope ${scope}.`
  if (method !== 'bearer') return new OAuthError('unauthorized_client', description)
  const challenge = `${bearerChallenge}, error="insufficient_scope", scope="${scope}"`
  return new OAuthError('insufficient_scope', description, { challenge })
}
