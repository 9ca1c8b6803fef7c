// The second factor: a secret that an authenticator app makes codes of. It protects sign-ins by password.
import { randomBytes } from 'node:crypto'
import type { ConsoleContext } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { publish } from '../../db/transaction-hooks.ts'
import { ApiError } from '../../lib/api-error.ts'
import { decrypt, deriveKey, encrypt } from '../../lib/encryption.ts'
import { base32, matchingTotpStep, otpauthUrl } from '../../lib/totp.ts'
import { recordEverywhere } from '../members/logins.ts'
import { deleteSessionsOf, updateLogin, type LoginRow } from '../members/queries.ts'

/** RFC 4226 section 4 recommends 160 bits. */
const keyBytes = 20

const none = { totp_secret_encrypted: null, totp_confirmed_at: null, totp_last_step: null }

export interface StartedFactor {
  /** Base32. */
  readonly secret: string
  readonly otpauthUrl: string
}

/** Until a code has shown that the secret arrived it protects nothing, so nothing is on record yet. */
export async function startSecondFactor(tx: Tx, ctx: ConsoleContext, login: LoginRow): Promise<StartedFactor> {
  if (login.totp_confirmed_at !== null) throw new ApiError('second_factor_exists')
  const key = randomBytes(keyBytes)
  const totp_secret_encrypted = encrypt(keyOf(ctx, login), key.toString('base64url'))
  await updateLogin(tx, login, { ...none, totp_secret_encrypted })
  return { secret: base32(key), otpauthUrl: otpauthUrl(key, 'Narthex', login.email) }
}

export async function confirmSecondFactor(
  tx: Tx,
  ctx: ConsoleContext,
  login: LoginRow,
  given: { readonly code: string; readonly sessionId: string },
): Promise<void> {
  if (login.totp_confirmed_at !== null) throw new ApiError('second_factor_exists')
  const taken = takeCode(ctx, login, given.code)
  if (!taken) throw new ApiError('confirmation_failed')
  const now = ctx.clock.now()
  await updateLogin(tx, login, { ...taken, totp_confirmed_at: now, updated_at: now })
  await deleteSessionsOf(tx, login.id, given.sessionId)
  await recordEverywhere(tx, ctx, login.id, { type: 'member.second_factor_added' })
  publish(tx, 'members', login.id)
}

/** The caller has shown the password or a code before. */
export async function removeSecondFactor(
  tx: Tx,
  ctx: ConsoleContext,
  login: LoginRow,
  sessionId: string,
): Promise<void> {
  await updateLogin(tx, login, { ...none, updated_at: ctx.clock.now() })
  await deleteSessionsOf(tx, login.id, sessionId)
  await recordEverywhere(tx, ctx, login.id, { type: 'member.second_factor_removed' })
  publish(tx, 'members', login.id)
}

/** What to store so that the code is not taken again; null for a code that is wrong or was taken before. */
export function takeCode(ctx: ConsoleContext, login: LoginRow, code: string): { totp_last_step: number } | null {
  if (login.totp_secret_encrypted === null) return null
  const key = Buffer.from(decrypt(keyOf(ctx, login), login.totp_secret_encrypted), 'base64url')
  const step = matchingTotpStep(key, code, { now: ctx.clock.now(), lastStep: login.totp_last_step })
  return step === null ? null : { totp_last_step: step }
}

/** Bound to the login, so that a stored secret moved to another one is none. */
function keyOf({ instance }: ConsoleContext, login: LoginRow): Buffer {
  return deriveKey(instance.secret, 'second factors', login.id)
}
