// What people change about their own password. Other sign-ins of theirs end with it.
import type { ConsoleContext } from '../../context.ts'
import { publish } from '../../db/transaction-hooks.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import { recordEverywhere } from '../members/logins.ts'
import { deleteSessionsOf, updateLogin } from '../members/queries.ts'
import { findOwnLogin, lockOwnLogin, requireSession, triesOf, type SignInParts } from './service.ts'

/** NIST SP 800-63B: what everybody would try first. */
export function requireUsablePassword(password: string, emailCanonical: string): void {
  const form = canonicalIdentifier('email', password, null)
  if ('canonical' in form && form.canonical === emailCanonical)
    throw invalid('password', 'must not be the e-mail address')
}

/** A first password needs no other proof than the sign-in; the next ones need the former. */
export async function setPassword(
  ctx: ConsoleContext,
  { passwords, tries }: SignInParts,
  { password, current }: { readonly password: string; readonly current?: string },
): Promise<void> {
  const known = await findOwnLogin(ctx)
  requireUsablePassword(password, known.email_canonical)
  if (known.password_hash !== null) {
    if (current === undefined) throw invalid('current', 'is required: there is a password already')
    tries.perLogin.take(triesOf(known.email_canonical))
    if (!(await passwords.verify(current, known.password_hash))) throw new ApiError('confirmation_failed')
  }
  const password_hash = await passwords.hash(password)
  await ctx.db.write(async (tx) => {
    const login = await lockOwnLogin(tx, ctx)
    // Set by somebody else while the given one was compared.
    if (login.password_hash !== known.password_hash) throw new ApiError('confirmation_failed')
    await updateLogin(tx, login, { password_hash, updated_at: ctx.clock.now() })
    await deleteSessionsOf(tx, login.id, requireSession(ctx).id)
    await recordEverywhere(tx, ctx, login.id, { type: 'member.password_changed' })
    publish(tx, 'members', login.id)
  })
  tries.perLogin.forgive(triesOf(known.email_canonical))
}
