// Calls on signing keys, which belong to the whole instance.
import type { Calls } from './calls.ts'
import type { CallOptions } from './results.ts'
import type { RotateSigningKey, SigningKey } from './types.ts'

export type SigningKeys = ReturnType<typeof signingKeys>

export function signingKeys(calls: Calls) {
  return {
    /**
     * Publishes a new key, which signs ten minutes later, with `force` at once. Errors: `rotation_in_progress`;
     * `route_not_found` to every workspace but the first.
     */
    rotate: (body: RotateSigningKey = {}, options?: CallOptions) =>
      calls.act<SigningKey>('/signing-keys/rotate', body, options),
  }
}
