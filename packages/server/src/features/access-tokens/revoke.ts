// Ending access tokens before their time: by a cut-off for all of a subject, or one by one.
import type { Context } from '../../context.ts'
import { ApiError } from '../../lib/api-error.ts'
import { insertCutOff, insertRevokedToken } from '../cut-offs/queries.ts'
import { appendEvent } from '../events/service.ts'
import { externalUsers } from '../external-users/queries.ts'
import { superIdentities } from '../super-identities/queries.ts'
import type { AccessTokenClaims } from './verify.ts'

export async function revokeTokensOfExternalUser(ctx: Context, id: string): Promise<void> {
  const { workspaceId } = ctx.principal
  await ctx.db.write(async (tx) => {
    const user = await externalUsers.lock(tx, workspaceId, id)
    if (!user) throw new ApiError('external_user_not_found')
    const now = ctx.clock.now()
    const subject = await externalUsers.update(tx, user, { updated_at: now })
    const cutOff = await insertCutOff(tx, workspaceId, { reach: 'account', subjectId: id, now })
    await appendEvent(tx, ctx, { type: 'external_user.tokens_revoked', subject, after: { cutOff } })
  })
}

export async function revokeTokensOfPerson(ctx: Context, id: string): Promise<void> {
  const { workspaceId } = ctx.principal
  await ctx.db.write(async (tx) => {
    const person = await superIdentities.lock(tx, workspaceId, id)
    if (!person) throw new ApiError('super_identity_not_found')
    const now = ctx.clock.now()
    const subject = await superIdentities.update(tx, person, { updated_at: now })
    const cutOff = await insertCutOff(tx, workspaceId, { reach: 'person', subjectId: id, now })
    await appendEvent(tx, ctx, { type: 'super_identity.tokens_revoked', subject, after: { cutOff } })
  })
}

/** Ends one genuine token of the caller's workspace. Ending it again changes nothing. */
export async function revokeToken(ctx: Context, { jti, sub, exp }: AccessTokenClaims): Promise<void> {
  const { workspaceId } = ctx.principal
  await ctx.db.write(async (tx) => {
    const ended = await insertRevokedToken(tx, workspaceId, { jti, expiresAt: exp * 1000, now: ctx.clock.now() })
    if (!ended) return
    const after = { externalUserId: sub, expiresAt: new Date(exp * 1000).toISOString() }
    await appendEvent(tx, ctx, { type: 'access_token.revoked', subject: { id: jti, version: 1 }, after })
  })
}
