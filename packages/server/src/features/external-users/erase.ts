// Erasing external users, and with the last one of a person the person: what goes, and what stays provable.
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError } from '../../lib/api-error.ts'
import type { Json } from '../../lib/canonical-json.ts'
import { iso } from '../../lib/clock.ts'
import { reachedIdentifiers } from '../access/past-identifier.ts'
import { forgetBlocks } from '../blocks/queries.ts'
import { insertCutOff } from '../cut-offs/queries.ts'
import { deleteOpenings } from '../events/queries.ts'
import { appendEvent } from '../events/service.ts'
import { eraseReferrals, type EndedReferral } from '../referrals/erasure.ts'
import { updateReferredPerson } from '../referrals/queries.ts'
import { deleteHeldEmail, findHolder, superIdentities } from '../super-identities/queries.ts'
import { erasePerson, raisePerson } from '../super-identities/service.ts'
import {
  deleteIdempotencyRecords,
  externalUsers,
  hasOtherHolder,
  hasOtherLiveAccount,
  type ExternalUserRow,
} from './queries.ts'

/** Forgets who it was: the fields, what search and stored answers know, and the openings of its events. */
export async function eraseExternalUser(ctx: Context, id: string): Promise<void> {
  await ctx.db.write(async (tx) => {
    const user = await externalUsers.lock(tx, ctx.principal.workspaceId, id)
    if (!user) throw new ApiError('external_user_not_found')
    if (user.erased_at !== null) return
    const now = ctx.clock.now()
    // Who joins an account to the person locks it too, so that of both at once one sees the other.
    await superIdentities.lock(tx, user.workspace_id, user.super_identity_id)
    const person = !(await hasOtherLiveAccount(tx, user))
    const endedReferral = await forgetPerson(tx, ctx, user, person)
    const updated = await externalUsers.update(tx, user, {
      identifier: null,
      identifier_canonical: null,
      identifier_fingerprint: null,
      external_id: null,
      name: null,
      search_text: '',
      erased_at: now,
      updated_at: now,
    })
    await deleteIdempotencyRecords(tx, user.workspace_id, id)
    const identifierBlocks = await reachedIdentifiers(tx, ctx, user)
    await deleteOpenings(tx, user.workspace_id, id)
    const blockIds = identifierBlocks.map(({ blockId }) => blockId)
    const forgotten = await forgetBlocks(tx, { ...user, blockIds, person })
    for (const blockId of forgotten) {
      await deleteOpenings(tx, user.workspace_id, blockId)
      await deleteIdempotencyRecords(tx, user.workspace_id, blockId)
    }
    await insertCutOff(tx, user.workspace_id, { reach: 'account', subjectId: id, now })
    const nobody = { identifier: null, externalId: null, name: null, erasedAt: iso(now) }
    const after = {
      ...nobody,
      ...(identifierBlocks.length > 0 && { identifierBlocks: identifierBlocks as unknown as Json }),
      ...(endedReferral && { endedReferral }),
    }
    await appendEvent(tx, ctx, { type: 'external_user.erased', subject: updated, before: { erasedAt: null }, after })
  })
}

/** The address, unless another account stands for it; with the last account of a person everything that names the person. */
async function forgetPerson(tx: Tx, ctx: Context, user: ExternalUserRow, last: boolean): Promise<EndedReferral | null> {
  if (last) {
    await erasePerson(tx, ctx, user.super_identity_id)
    return eraseReferrals(tx, ctx, user.super_identity_id)
  }
  const released = user.identifier_canonical !== null && (await releaseAddress(tx, user))
  if (released) await updateReferredPerson(tx, await raisePerson(tx, ctx, user.super_identity_id))
  return null
}

/** Gives up the address unless another account of the person still stands for it; says whether it did. */
export async function releaseAddress(tx: Tx, user: ExternalUserRow): Promise<boolean> {
  const canonical = user.identifier_canonical as string
  const holder = await findHolder(tx, user.workspace_id, canonical)
  if (holder !== user.super_identity_id || (await hasOtherHolder(tx, user))) return false
  await deleteHeldEmail(tx, user.workspace_id, canonical)
  return true
}
