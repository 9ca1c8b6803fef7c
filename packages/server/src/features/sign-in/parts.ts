// What signing in draws on, made once a process.
import type { Instance } from '../../context.ts'
import type { Clock } from '../../lib/clock.ts'
import { createPasswords } from '../../lib/password-hash.ts'
import { createTryLimiter } from '../../lib/try-limiter.ts'
import { createIdentityProvider, type IdentityProvider, type OidcSettings } from './identity-provider.ts'
import type { SignInParts } from './service.ts'

export interface ConsoleParts extends SignInParts {
  /** null: the operator has connected none. */
  readonly provider: IdentityProvider | null
}

export interface ConsolePartsOptions {
  readonly clock: Clock
  readonly instance: Instance
  readonly oidc: OidcSettings | null
  readonly limits: {
    readonly passwordCostLog2: number
    readonly passwordsAtOnceMax: number
    readonly passwordsWaitingMax: number
    readonly signInTriesPerLoginMax: number
    readonly signInTriesPerAddressMax: number
    readonly signInTriesWindowMs: number
  }
  /** Told of each password that was hashed how long it took. */
  readonly worked: (seconds: number) => void
}

export function createConsoleParts({ clock, instance, oidc, limits, worked }: ConsolePartsOptions): ConsoleParts {
  const { passwordCostLog2: costLog2, passwordsAtOnceMax: atOnceMax, passwordsWaitingMax: waitingMax } = limits
  const { secret, outgoing } = instance
  const counting = (max: number) => createTryLimiter(clock, max, limits.signInTriesWindowMs)
  return {
    passwords: createPasswords({ costLog2, atOnceMax, waitingMax, worked }),
    tries: {
      perLogin: counting(limits.signInTriesPerLoginMax),
      perAddress: counting(limits.signInTriesPerAddressMax),
    },
    provider: oidc && createIdentityProvider({ settings: oidc, outgoing, clock, secret }),
  }
}
