// Which identifier an account had at a past moment, as far as blocks are concerned; erasure leaves a record that is enough for it.
import type { IdentifierKind } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Db, Tx } from '../../db/database.ts'
import { fingerprintOf } from '../../lib/fingerprint.ts'
import { iso } from '../../lib/clock.ts'
import { listFingerprintBlocks } from '../blocks/identifier-queries.ts'
import type { EventRow } from '../events/chain.ts'
import { listSubjectEvents } from '../events/queries.ts'
import type { ExternalUserRow } from '../external-users/queries.ts'
import { lastTold, stateAt, told, type Fields } from './history.ts'

/** A block that reached an identifier, since when, and the version of the account that had set the identifier. */
interface Reached {
  readonly version: number
  readonly blockId: string
  readonly since: string
}

interface PastIdentifier {
  readonly fingerprint: string | null
  readonly identifierBlockIds: readonly string[]
}

export async function identifierAt(ctx: Context, id: string, user: Fields, at: number): Promise<PastIdentifier> {
  const { workspaceId } = ctx.principal
  const { identifier } = user
  const none = { fingerprint: null, identifierBlockIds: [] }
  if (identifier === null || identifier === undefined) return none
  const set = await lastTold(ctx.db.read, workspaceId, { subjectId: id, field: 'identifier', at })
  if (!set) return none
  if (typeof identifier === 'string')
    return { fingerprint: await formOf(ctx.db.read, ctx, set, user), identifierBlockIds: [] }
  const later = await listSubjectEvents(ctx.db.read, workspaceId, id, ctx.clock.now())
  const erasure = later.find((event) => event.type === 'external_user.erased')
  // JSON that only `reachedIdentifiers` below writes.
  const reached = ((erasure && told(erasure)['identifierBlocks']) ?? []) as unknown as Reached[]
  const then = reached.filter(({ version, since }) => version === set.subject_version && Date.parse(since) <= at)
  return { ...none, identifierBlockIds: then.map(({ blockId }) => blockId) }
}

/** For the event of an erasure, after which nobody can tell any more which identifiers it were. */
export async function reachedIdentifiers(tx: Tx, ctx: Context, user: ExternalUserRow): Promise<Reached[]> {
  const events = await listSubjectEvents(tx, user.workspace_id, user.id, ctx.clock.now())
  const account: Fields = { channelId: user.channel_id }
  const reached: Reached[] = []
  for (const event of events) {
    const { identifier } = told(event)
    const form = typeof identifier === 'string' ? await formOf(tx, ctx, event, { ...account, identifier }) : null
    for (const { block_id, created_at } of form ? await listFingerprintBlocks(tx, user.workspace_id, form) : []) {
      reached.push({ version: event.subject_version, blockId: block_id, since: iso(created_at) })
    }
  }
  return reached
}

/** The account keeps the form that its channel gave the identifier when it was set. */
async function formOf(db: Db, { instance, principal }: Context, set: EventRow, user: Fields): Promise<string | null> {
  const channel = (await stateAt(db, principal.workspaceId, user['channelId'] as string, set.occurred_at)) ?? {}
  const rule = {
    workspace_id: principal.workspaceId,
    identifier_kind: channel['identifierKind'] as IdentifierKind,
    default_country: (channel['defaultCountry'] as string | null | undefined) ?? null,
  }
  return fingerprintOf(instance.fingerprintKey, rule, user['identifier'] as string)
}
