// What people change about their own second factor, and what they show for it.
import type { ConsoleContext } from '../../context.ts'
import { ApiError } from '../../lib/api-error.ts'
import {
  confirmSecondFactor,
  removeSecondFactor,
  startSecondFactor,
  takeCode,
  type StartedFactor,
} from './second-factor.ts'
import { findOwnLogin, lockOwnLogin, requireSession, triesOf, type SignInParts } from './service.ts'

export async function startOwnSecondFactor(ctx: ConsoleContext): Promise<StartedFactor> {
  return ctx.db.write(async (tx) => startSecondFactor(tx, ctx, await lockOwnLogin(tx, ctx)))
}

export async function confirmOwnSecondFactor(ctx: ConsoleContext, { tries }: SignInParts, code: string): Promise<void> {
  const sessionId = requireSession(ctx).id
  const known = await findOwnLogin(ctx)
  tries.perLogin.take(triesOf(known.email_canonical))
  await ctx.db.write(async (tx) => confirmSecondFactor(tx, ctx, await lockOwnLogin(tx, ctx), { code, sessionId }))
  tries.perLogin.forgive(triesOf(known.email_canonical))
}

/** Turning off what is off changes nothing. */
export async function removeOwnSecondFactor(
  ctx: ConsoleContext,
  { passwords, tries }: SignInParts,
  { code, password }: { readonly code?: string; readonly password?: string },
): Promise<void> {
  const sessionId = requireSession(ctx).id
  const known = await findOwnLogin(ctx)
  if (known.totp_secret_encrypted === null) return
  tries.perLogin.take(triesOf(known.email_canonical))
  const hash = known.password_hash
  const byPassword = password !== undefined && (await passwords.verify(password, hash))
  await ctx.db.write(async (tx) => {
    const login = await lockOwnLogin(tx, ctx)
    if (login.totp_confirmed_at === null) return
    const byCode = code !== undefined && takeCode(ctx, login, code) !== null
    if (!byCode && !(byPassword && login.password_hash === hash)) throw new ApiError('confirmation_failed')
    await removeSecondFactor(tx, ctx, login, sessionId)
  })
  tries.perLogin.forgive(triesOf(known.email_canonical))
}
