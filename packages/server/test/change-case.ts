// How a change, its event and a second request that changes nothing are described; and the shapes that most changes have.
import type { EventType } from '@narthex/contract'
import { expect } from 'vitest'
import type { Client, Reply } from './client.ts'
import type { Party } from './contract/party.ts'
import { makeExternalUser } from './factories.ts'

export type ChangeCase = ByKey | ByMember

export interface ByKey extends Change {
  readonly by?: undefined
  /** Makes what is to change; its events come before those that are looked at. */
  prepare(client: Client): Promise<Subject>
}

export interface ByMember extends Change {
  /** The first owner, whose client the other steps are given. */
  readonly by: 'member'
  prepare(party: Party): Promise<Subject>
}

interface Change {
  readonly type: EventType
  /** The id of what changed, where that is not what was answered. */
  subjectOf?(subject: Subject, reply: Reply): string
  change(client: Client, subject: Subject): Promise<Reply>
  /** null: nothing to tell on that side. */
  readonly before: ((subject: Subject) => object) | null
  readonly after: ((subject: Subject, reply: Reply) => object) | null
  /** A request that finds nothing left to change; absent where there is none, as for a creation. */
  again?(client: Client, subject: Subject): Promise<Reply>
}

export interface Subject {
  readonly id: string
  readonly [field: string]: any // what was made, as the API answered it
}

/** Stands for the salted commitment to a personal value. */
export const committed = { commitment: expect.stringMatching(/^[\w-]{43}$/) }

export const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
export const nothing = async () => ({ id: '' })
export const personal = { identifier: 'ann.personal', externalId: 'crm-personal', name: 'Ann Personal' }
export const makePerson = (client: Client) => makeExternalUser(client, { ...personal })
export const settings = ({
  id: _,
  createdAt: __,
  updatedAt: ___,
  archivedAt: ____,
  workspaceId: _____,
  ...rest
}: Subject) => rest

export const created = (
  type: EventType,
  make: (client: Client) => Promise<Reply>,
  after: ChangeCase['after'],
): ByKey => ({
  type,
  prepare: nothing,
  change: make,
  before: null,
  after,
})

export const removed = (
  type: EventType,
  path: string,
  prepare: ByKey['prepare'],
  before: ChangeCase['before'],
): ByKey => ({
  type,
  prepare,
  change: (client, { id }) => client.delete(`${path}/${id}`),
  before,
  after: null,
  again: (client, { id }) => client.delete(`${path}/${id}`),
})

interface Patched {
  readonly type: EventType
  readonly path: string
  readonly prepare: ByKey['prepare']
  readonly patch: object
  readonly before: object
  readonly after: object
}

export const patched = ({ type, path, prepare, patch, before, after }: Patched): ByKey => ({
  type,
  prepare,
  change: (client, { id }) => client.patch(path.replace('{id}', id), patch),
  before: () => before,
  after: () => after,
  again: (client, { id }) => client.patch(path.replace('{id}', id), patch),
})

export const posted = (type: EventType, path: string, rest: Omit<ByKey, 'type' | 'change' | 'again'>): ByKey => ({
  type,
  ...rest,
  change: (client, { id }) => client.post(path.replace('{id}', id), {}),
  again: (client, { id }) => client.post(path.replace('{id}', id), {}),
})
