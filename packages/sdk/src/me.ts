// What an external user's own app may read: the external user, with nothing but its access token.
import { createCalls } from './calls.ts'
import type { CallOptions, Result } from './results.ts'
import { createTransport, requireSecret, type Connection } from './transport.ts'
import type { Me } from './types.ts'

export interface ReadMeOptions extends Connection, CallOptions {
  /** The external user's own access token. Like an API key it is sent in a header only and is part of no error. */
  readonly accessToken: string
}

/** Tokens have about 1,000 characters; no header of the service's is longer than this. */
const accessTokenCharactersMax = 8_192

/**
 * The external user that an access token is for, with the tier in force and its limits. It needs no API key, so that it may
 * run where people can look: in their browser. Rejects like the calls of a client; `unauthorized` for a token that is dead.
 *
 * ```ts
 * const { data } = await readMe({ baseUrl: 'https://id.example.com', accessToken })
 * ```
 */
export async function readMe({ accessToken, signal, ...connection }: ReadMeOptions): Promise<Result<Me>> {
  const secret = requireSecret('accessToken', accessToken, accessTokenCharactersMax)
  return createCalls(createTransport(connection, secret)).read<Me>('/me', { bearer: true }, { signal })
}
