// The rules of persons: who is one person, and what of one may be changed by hand.
import type { Input, Operations } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Db, Tx } from '../../db/database.ts'
import { ApiError } from '../../lib/api-error.ts'
import { difference } from '../../lib/difference.ts'
import { searchTextOf } from '../../lib/fold-for-search.ts'
import { newId } from '../../lib/id.ts'
import { requireMatch, type IfMatch } from '../../lib/if-match.ts'
import { deleteOpenings } from '../events/queries.ts'
import { appendEvent } from '../events/service.ts'
import { updateReferredPerson, wasReferred } from '../referrals/queries.ts'
import { deleteUser, insertUsers, putUser } from '../users/kept.ts'
import { shareWorkspace } from '../workspaces/queries.ts'
import {
  deleteHeldEmailsOf,
  findHeldEmail,
  findHolder,
  findLinks,
  insertHeldEmail,
  superIdentities,
  type HeldEmail,
  type PersonLinks,
  type PersonRow,
} from './queries.ts'

type UpdateBody = Input<Operations['superIdentities.update']>['body']

export interface Person {
  readonly row: PersonRow
  readonly links: PersonLinks
}

export async function requirePerson(db: Db, workspaceId: string, id: string): Promise<Person> {
  const row = await superIdentities.find(db, workspaceId, id)
  if (!row) throw new ApiError('super_identity_not_found')
  return withLinks(db, row)
}

export async function changePerson(ctx: Context, id: string, body: UpdateBody, ifMatch: IfMatch): Promise<Person> {
  return ctx.db.write(async (tx) => {
    const person = await superIdentities.lock(tx, ctx.principal.workspaceId, id)
    if (!person) throw new ApiError('super_identity_not_found')
    requireMatch(ifMatch, person.version)
    const { firstname, lastname } = person
    const change = difference({ firstname, lastname }, body)
    if (!change) return withLinks(tx, person)
    if (person.erased_at !== null) throw new ApiError('super_identity_erased')
    const next = { firstname, lastname, ...(change.after as Partial<PersonRow>) }
    const updated = await superIdentities.update(tx, person, {
      ...next,
      search_text: searchText(next),
      updated_at: ctx.clock.now(),
    })
    await showPerson(tx, updated)
    const personal = ['firstname', 'lastname']
    await appendEvent(tx, ctx, { type: 'super_identity.updated', subject: updated, ...change, personal })
    return withLinks(tx, updated)
  })
}

/**
 * The person of a new account: the holder of `held`, an address the integrator vouched for, or else a new one. The event
 * of the account's creation names it, so that there is no second one.
 */
export async function joinOrCreatePerson(tx: Tx, ctx: Context, held: HeldEmail | null): Promise<PersonRow> {
  const { workspaceId } = ctx.principal
  const holder = held && (await lockHolder(tx, workspaceId, held))
  if (holder) return raisePerson(tx, ctx, holder.id)
  const now = ctx.clock.now()
  const person = await superIdentities.insert(tx, newPerson(workspaceId, newId(), now))
  if (!held) return person
  if (await insertHeldEmail(tx, person, held)) {
    await insertUsers(tx, [listedPerson(person, held.email)])
    return person
  }
  // Another node was faster with this address: its person is the person.
  await superIdentities.remove(tx, person)
  return raisePerson(tx, ctx, (await findHolder(tx, workspaceId, held.emailCanonical)) as string)
}

/** The holder of an address, locked, or else a new person that holds it from now on. The event is the caller's. */
export async function lockOrCreateHolder(tx: Tx, ctx: Context, held: HeldEmail): Promise<PersonRow> {
  return (await lockHolder(tx, ctx.principal.workspaceId, held)) ?? joinOrCreatePerson(tx, ctx, held)
}

async function lockHolder(tx: Tx, workspaceId: string, { emailCanonical }: HeldEmail): Promise<PersonRow | null> {
  // As inserting a person does.
  await shareWorkspace(tx, workspaceId)
  const holder = await findHolder(tx, workspaceId, emailCanonical)
  if (!holder) return null
  const person = (await superIdentities.lock(tx, workspaceId, holder)) as PersonRow
  // Whoever had locked the person may have given the address up, or erased the person.
  return (await findHolder(tx, workspaceId, emailCanonical)) === holder ? person : null
}

export type Names = Readonly<Partial<Record<'firstname' | 'lastname', string | undefined>>>

/** Names that are given fill those that are not known. Answers what was filled; the event is the caller's. */
export async function fillNames(
  tx: Tx,
  ctx: Context,
  person: PersonRow,
  names: Names,
): Promise<{ person: PersonRow; filled: Names }> {
  const filled = {
    ...(person.firstname === null && names.firstname !== undefined && { firstname: names.firstname }),
    ...(person.lastname === null && names.lastname !== undefined && { lastname: names.lastname }),
  }
  if (Object.keys(filled).length === 0) return { person, filled }
  const next = { firstname: person.firstname, lastname: person.lastname, ...filled }
  const updated = await superIdentities.update(tx, person, {
    ...next,
    search_text: searchText(next),
    updated_at: ctx.clock.now(),
  })
  await showPerson(tx, updated)
  return { person: updated, filled }
}

/**
 * Call it wherever a person's names or held addresses have changed, or it was referred for the first time, with the person
 * locked: whatever shows the person beside its own row shows it as it is now.
 */
export async function showPerson(tx: Tx, person: PersonRow): Promise<void> {
  const { workspace_id, id } = person
  const email = await findHeldEmail(tx, workspace_id, id)
  if (await isKnown(tx, person, email)) await putUser(tx, listedPerson(person, email))
  else await deleteUser(tx, { workspace_id, id, kind: 'PERSON' })
  await updateReferredPerson(tx, { ...person, email })
}

/** Whether a list of users has the person. Who was erased is nobody, whatever still names its id. */
async function isKnown(tx: Tx, person: PersonRow, email: string | null): Promise<boolean> {
  if (person.erased_at !== null || person.merged_into_id !== null) return false
  if (person.firstname !== null || person.lastname !== null || email !== null) return true
  return wasReferred(tx, person.workspace_id, person.id)
}

/** The person as the list of users has it. */
export function listedPerson({ workspace_id, id, firstname, lastname }: PersonRow, email: string | null) {
  return { workspace_id, id, kind: 'PERSON' as const, firstname, lastname, email }
}

/** A person of whom nothing is known but an account. */
export function newPerson(workspaceId: string, id: string, now: number): PersonRow {
  return {
    workspace_id: workspaceId,
    id,
    firstname: null,
    lastname: null,
    merged_into_id: null,
    erased_at: null,
    search_text: '',
    version: 1,
    created_at: now,
    updated_at: now,
  }
}

/** Raises the person's version: it shows one account more, or another address. */
export async function raisePerson(tx: Tx, ctx: Context, id: string): Promise<PersonRow> {
  // As inserting a person does.
  await shareWorkspace(tx, ctx.principal.workspaceId)
  const person = (await superIdentities.lock(tx, ctx.principal.workspaceId, id)) as PersonRow
  return superIdentities.update(tx, person, { updated_at: ctx.clock.now() })
}

/** Forgets the names and addresses of a person who has no account left. Its referrals are the caller's to forget. */
export async function erasePerson(tx: Tx, ctx: Context, id: string): Promise<PersonRow> {
  const { workspaceId } = ctx.principal
  const person = (await superIdentities.lock(tx, workspaceId, id)) as PersonRow
  const now = ctx.clock.now()
  const nobody = { firstname: null, lastname: null, search_text: '', erased_at: now }
  const erased = await superIdentities.update(tx, person, { ...nobody, updated_at: now })
  await deleteHeldEmailsOf(tx, workspaceId, id)
  await showPerson(tx, erased)
  await deleteOpenings(tx, workspaceId, id)
  return erased
}

async function withLinks(db: Db, row: PersonRow): Promise<Person> {
  const links = await findLinks(db, row.workspace_id, [row.id])
  return { row, links: links.get(row.id) as PersonLinks }
}

function searchText({ firstname, lastname }: { firstname: string | null; lastname: string | null }): string {
  return searchTextOf([`${firstname ?? ''} ${lastname ?? ''}`.trim()])
}
