// From the Authorization header to who is calling.
import type { ApiKeyPrincipal } from '../context.ts'
import { ApiError } from '../lib/api-error.ts'

/** Finds the principal behind a secret, or null. The features bring it; http knows none of them. */
export interface Credentials {
  /** Answered from memory: undefined when only the database can tell. */
  known(secret: string): ApiKeyPrincipal | null | undefined
  find(secret: string): Promise<ApiKeyPrincipal | null>
}

/** The bare key, or `Bearer <key>` with the scheme in any case (RFC 9110 section 11.1). */
export function secretOf(authorization: string | undefined): string | null {
  if (!authorization) return null
  const [, bearer] = /^bearer +(.+)$/i.exec(authorization) ?? []
  return (bearer ?? authorization).trim() || null
}

/** Throws `unauthorized` unless the header names a key that is good now. */
export async function requirePrincipal(
  credentials: Credentials,
  authorization: string | undefined,
  guard: () => Promise<void>,
): Promise<ApiKeyPrincipal> {
  const found = await findPrincipal(credentials, secretOf(authorization), guard)
  if (!found) throw new ApiError('unauthorized')
  return found
}

/** Whose key it is; null when it is not good now. `guard` runs before a look-up costs anything. */
export async function findPrincipal(
  credentials: Credentials,
  secret: string | null,
  guard: () => Promise<void>,
): Promise<ApiKeyPrincipal | null> {
  const known = secret === null ? null : credentials.known(secret)
  if (known) return known
  await guard()
  return secret === null || known === null ? null : credentials.find(secret)
}
