// The rules of signing in and out: by password and code, or with a member token.
import { randomUUID } from 'node:crypto'
import type { ConsoleContext } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { publish } from '../../db/transaction-hooks.ts'
import { ApiError } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import { sha256 } from '../../lib/encryption.ts'
import type { Passwords } from '../../lib/password-hash.ts'
import { hashSecret, isWellFormedSecret, makeSecret } from '../../lib/secret.ts'
import type { TryLimiter } from '../../lib/try-limiter.ts'
import { recordEverywhere } from '../members/logins.ts'
import {
  findLoginByEmail,
  findTokenBySecret,
  listMembershipsOf,
  shareCredential,
  updateLogin,
  updateTokenLastUsed,
  type LoginRow,
} from '../members/queries.ts'
import { signInLastsMs, signInsMax } from './lifetimes.ts'
import { deleteOldestSessions, deleteSession, findLogin, insertSession, lockLogin } from './queries.ts'
import { takeCode } from './second-factor.ts'

/** What signing in draws on besides the request. */
export interface SignInParts {
  readonly passwords: Passwords
  readonly tries: { readonly perLogin: TryLimiter; readonly perAddress: TryLimiter }
}

/** A sign-in that has just begun; the secret is for the cookie alone. */
export interface BegunSession {
  readonly id: string
  readonly secret: string
  readonly loginId: string
  readonly expiresAt: number
}

export interface PasswordSignIn {
  readonly email: string
  readonly password: string
  readonly code?: string
}

/** Unknown addresses, and those without a password, cost the same work and get the same answer as a wrong password. */
export async function signIn(
  ctx: ConsoleContext,
  { passwords, tries }: SignInParts,
  { email, password, code }: PasswordSignIn,
): Promise<BegunSession> {
  const form = canonicalIdentifier('email', email, null)
  const address = 'refused' in form ? email : form.canonical
  tries.perAddress.take(ctx.from.address)
  tries.perLogin.take(triesOf(address))
  const known = await findLoginByEmail(ctx.db.read, address)
  const hash = known?.password_hash ?? null
  if (!(await passwords.verify(password, hash)) || !known || hash === null) throw new ApiError('sign_in_failed')
  const fresh = passwords.isOutdated(hash) ? await passwords.hash(password) : hash
  const begun = await ctx.db.write(async (tx) => {
    const login = await lockLogin(tx, known.id)
    // Set anew while the given one was compared.
    if (login?.password_hash !== hash) throw new ApiError('sign_in_failed')
    const secondFactor = login.totp_confirmed_at !== null
    if (secondFactor && code === undefined) throw new ApiError('second_factor_required')
    const taken = secondFactor ? takeCode(ctx, login, code as string) : {}
    if (!taken) throw new ApiError('sign_in_failed')
    const changed = fresh !== hash || secondFactor
    const current = changed ? await updateLogin(tx, login, { ...taken, password_hash: fresh }) : login
    return beginSession(tx, ctx, current, { by: 'password', secondFactor })
  })
  tries.perLogin.forgive(triesOf(address))
  tries.perAddress.forgiveOne(ctx.from.address)
  return begun
}

/** A token opens the API already; here it opens the same for as long as it lives, and no longer. */
export async function signInWithToken(
  ctx: ConsoleContext,
  { tries }: SignInParts,
  memberToken: string,
): Promise<BegunSession> {
  const secret = memberToken.trim()
  tries.perAddress.take(ctx.from.address)
  const known = isWellFormedSecret('nxm', secret) && (await findTokenBySecret(ctx.db.read, hashSecret(secret)))
  if (!known) throw new ApiError('sign_in_failed')
  const begun = await ctx.db.write(async (tx) => {
    const now = ctx.clock.now()
    const login = await lockLogin(tx, known.login_id)
    const ended = known.expires_at !== null && known.expires_at <= now
    if (!login || ended || !(await shareCredential(tx, known.id))) throw new ApiError('sign_in_failed')
    await updateTokenLastUsed(tx, known.id, now, now)
    return beginSession(tx, ctx, login, { by: 'member_token', memberToken: known })
  })
  tries.perAddress.forgiveOne(ctx.from.address)
  return begun
}

/** Signing out again changes nothing. */
export async function signOut(ctx: ConsoleContext): Promise<void> {
  const { session } = ctx.from
  if (!session) return
  await ctx.db.write(async (tx) => {
    if (!(await deleteSession(tx, session.id))) return
    await recordEverywhere(tx, ctx, session.loginId, { type: 'member.signed_out' })
    publish(tx, 'members', session.loginId)
  })
}

interface Begin {
  readonly by: 'password' | 'member_token' | 'single_sign_on' | 'invitation'
  readonly secondFactor?: boolean
  readonly memberToken?: { readonly id: string; readonly expires_at: number | null }
}

/** Takes the place of the sign-in that the request came with. Whoever is a member of nothing signs in to nothing. */
export async function beginSession(
  tx: Tx,
  ctx: ConsoleContext,
  login: LoginRow,
  { by, secondFactor = false, memberToken }: Begin,
): Promise<BegunSession> {
  if ((await listMembershipsOf(tx, login.id)).length === 0) throw new ApiError('sign_in_failed')
  const now = ctx.clock.now()
  const secret = makeSecret('nxs')
  const id = randomUUID()
  const expiresAt = Math.min(now + signInLastsMs, memberToken?.expires_at ?? Infinity)
  if (ctx.from.session && (await deleteSession(tx, ctx.from.session.id))) publish(tx, 'members', login.id)
  await insertSession(tx, {
    secret_hash: hashSecret(secret),
    id,
    login_id: login.id,
    member_token_id: memberToken?.id ?? null,
    created_at: now,
    last_used_at: now,
    expires_at: expiresAt,
  })
  await deleteOldestSessions(tx, login.id, signInsMax)
  // Joining by an invitation is on record as such, and signs in as well.
  if (by !== 'invitation') {
    await recordEverywhere(tx, ctx, login.id, { type: 'member.signed_in', after: { by, secondFactor } })
  }
  return { id, secret, loginId: login.id, expiresAt }
}

export function requireSession({ from }: ConsoleContext): { readonly id: string; readonly loginId: string } {
  if (!from.session) throw new ApiError('unauthorized', { message: 'Sign in first.' })
  return from.session
}

export async function findOwnLogin(ctx: ConsoleContext): Promise<LoginRow> {
  const login = await findLogin(ctx.db.read, requireSession(ctx).loginId)
  if (!login) throw new ApiError('unauthorized')
  return login
}

/** Held until the commit. Throws when the sign-in has ended meanwhile. */
export async function lockOwnLogin(tx: Tx, ctx: ConsoleContext): Promise<LoginRow> {
  const session = requireSession(ctx)
  const login = await lockLogin(tx, session.loginId)
  if (!login || !(await shareCredential(tx, session.id))) throw new ApiError('unauthorized')
  return login
}

/** What tries of a login are counted by; texts of callers take no more room than others. */
export function triesOf(emailCanonical: string): string {
  return sha256(emailCanonical)
}
