// The signed revocation statement as it is. `createVerifier` reads, checks and follows it for you.
import type { Calls } from './calls.ts'
import type { CallOptions, GetOptions } from './results.ts'
import type { GetRevocationsQuery } from './types.ts'

export type Revocations = ReturnType<typeof revocations>

export function revocations(calls: Calls) {
  return {
    /** `data` is a compact JWS; its signature and every field are the caller's to check. */
    get: <O extends GetOptions = CallOptions>(query: GetRevocationsQuery = {}, options?: O) =>
      calls.get<string, O>('/revocations', options, { query, answer: 'jwt' }),
  }
}
