// Erasing external users, and with the last one of a person the person: what goes, and what stays provable.
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { ApiError } from '../../lib/api-error.ts'
import type { Json } from '../../lib/canonical-json.ts'
import { iso } from '../../lib/clock.ts'
import { fingerprint } from '../../lib/fingerprint.ts'
import { reachedIdentifiers } from '../access/past-identifier.ts'
import { listFingerprintBlocks } from '../blocks/identifier-queries.ts'
import { forgetBlocks, type Erased } from '../blocks/queries.ts'
import { insertCutOff } from '../cut-offs/queries.ts'
import { deleteOpenings } from '../events/queries.ts'
import { appendEvent } from '../events/service.ts'
import { eraseReferrals, type EndedReferral } from '../referrals/erasure.ts'
import { deleteHeldEmail, findHolder, listAddresses, superIdentities } from '../super-identities/queries.ts'
import { erasePerson, raisePerson, showPerson } from '../super-identities/service.ts'
import { forgetForms } from './authenticate.ts'
import {
  deleteIdempotencyRecords,
  externalUsers,
  hasLiveAccount,
  hasOtherHolder,
  type ExternalUserRow,
} from './queries.ts'
import { forgetShown } from './shown-pages.ts'

/** Forgets who it was: the fields, what search and stored answers know, and the openings of its events. */
export async function eraseExternalUser(ctx: Context, id: string): Promise<void> {
  await ctx.db.write((tx) => erase(tx, ctx, id))
  forgetShown(id)
  forgetForms()
}

async function erase(tx: Tx, ctx: Context, id: string): Promise<void> {
  const user = await externalUsers.lock(tx, ctx.principal.workspaceId, id)
  if (!user) throw new ApiError('external_user_not_found')
  if (user.erased_at !== null) return
  const now = ctx.clock.now()
  // Who joins an account to the person locks it too, so that of both at once one sees the other.
  await superIdentities.lock(tx, user.workspace_id, user.super_identity_id)
  const person = !(await hasLiveAccount(tx, user.workspace_id, user.super_identity_id, id))
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
  await forgetTold(tx, { ...user, blockIds, person })
  await insertCutOff(tx, user.workspace_id, { reach: 'account', subjectId: id, now })
  const nobody = { identifier: null, externalId: null, name: null, erasedAt: iso(now) }
  const after = {
    ...nobody,
    // Plain JSON by its fields; an interface lacks the index signature that the type of JSON asks for.
    ...(identifierBlocks.length > 0 && { identifierBlocks: identifierBlocks as unknown as Json }),
    ...(endedReferral && { endedReferral }),
  }
  await appendEvent(tx, ctx, { type: 'external_user.erased', subject: updated, before: { erasedAt: null }, after })
}

/** Somebody who was referred and never came in. A person with accounts is erased with the last of them. */
export async function erasePersonAlone(ctx: Context, id: string): Promise<void> {
  const { workspaceId } = ctx.principal
  await ctx.db.write(async (tx) => {
    const person = await superIdentities.lock(tx, workspaceId, id)
    if (!person) throw new ApiError('super_identity_not_found')
    if (person.erased_at !== null) return
    if (await hasLiveAccount(tx, workspaceId, id)) throw new ApiError('super_identity_in_use')
    const blockIds = await blocksOfAddresses(tx, ctx, id)
    const subject = await erasePerson(tx, ctx, id)
    const endedReferral = await eraseReferrals(tx, ctx, id)
    const target = { id: '', super_identity_id: id, channel_id: '', identifier_fingerprint: null }
    await forgetTold(tx, { ...target, workspace_id: workspaceId, blockIds, person: true })
    const nobody = { firstname: null, lastname: null, erasedAt: iso(ctx.clock.now()) }
    const after = { ...nobody, ...(endedReferral && { endedReferral }) }
    await appendEvent(tx, ctx, { type: 'super_identity.erased', subject, before: { erasedAt: null }, after })
  })
}

/** The blocks whose texts are addresses of the person. */
async function blocksOfAddresses(tx: Tx, { instance, principal }: Context, personId: string): Promise<string[]> {
  const { workspaceId } = principal
  const ids: string[] = []
  for (const address of await listAddresses(tx, workspaceId, personId)) {
    const form = fingerprint(instance.fingerprintKey, workspaceId, 'email', address)
    for (const { block_id } of await listFingerprintBlocks(tx, workspaceId, form)) ids.push(block_id)
  }
  return ids
}

async function forgetTold(tx: Tx, erased: Erased): Promise<void> {
  for (const blockId of await forgetBlocks(tx, erased)) {
    await deleteOpenings(tx, erased.workspace_id, blockId)
    await deleteIdempotencyRecords(tx, erased.workspace_id, blockId)
  }
}

/** The address, unless another account stands for it; with the last account of a person everything that names the person. */
async function forgetPerson(tx: Tx, ctx: Context, user: ExternalUserRow, last: boolean): Promise<EndedReferral | null> {
  if (last) {
    await erasePerson(tx, ctx, user.super_identity_id)
    return eraseReferrals(tx, ctx, user.super_identity_id)
  }
  const released = user.identifier_canonical !== null && (await releaseAddress(tx, user))
  if (released) await showPerson(tx, await raisePerson(tx, ctx, user.super_identity_id))
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
