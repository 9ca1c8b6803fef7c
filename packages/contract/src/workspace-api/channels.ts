// Channels on the wire: where external users come in.
import Type, { type Static } from 'typebox'
import { Description, Exactly, Id, Ids, Message, Name, Nullable, Search, Timestamp, TokenLifetimeSeconds, pageQuery, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'

const kinds = ['web', 'whatsapp', 'instagram', 'telegram', 'email', 'sms', 'voice', 'portal', 'api'] as const
const Kind = Type.Enum(kinds)
const identifierKinds = ['email', 'phone', 'username', 'opaque'] as const
/** How identifiers of the channel are made canonical; uniqueness and look-up use that form. */
const IdentifierKind = Type.Enum(identifierKinds)
export type IdentifierKind = (typeof identifierKinds)[number]

const Provisioning = Type.Enum(['automatic', 'manual'], {
  description: 'Whether authenticating an unknown external user creates it.',
})
const Admission = Type.Enum(['open', 'referral'], {
  description: 'Whether anyone may come in, or only persons who hold a current admission.',
})
const Country = Type.String({ pattern: '^[A-Z]{2}$', description: 'ISO 3166-1 alpha-2; for phone numbers in national form.' })

export const Channel = Exactly(
  {
    ...resourceFields,
    name: Name,
    kind: Kind,
    description: Nullable(Description),
    identifierKind: IdentifierKind,
    defaultCountry: Nullable(Country),
    provisioning: Provisioning,
    admission: Admission,
    defaultTierId: Nullable(Id),
    defaultExternalUserGroupId: Nullable(Id),
    tokenLifetimeSeconds: Nullable(TokenLifetimeSeconds),
    archivedAt: Nullable(Timestamp),
    workspaceId: Id,
  },
  'Channel',
)
export type Channel = Static<typeof Channel>

const optional = {
  description: Type.Optional(Nullable(Description)),
  identifierKind: Type.Optional(IdentifierKind),
  defaultCountry: Type.Optional(Nullable(Country)),
  provisioning: Type.Optional(Provisioning),
  admission: Type.Optional(Admission),
  defaultTierId: Type.Optional(Nullable(Id)),
  defaultExternalUserGroupId: Type.Optional(Nullable(Id)),
  tokenLifetimeSeconds: Type.Optional(Nullable(TokenLifetimeSeconds)),
}

export const list = operation({
  id: 'channels.list',
  surface: 'workspace',
  method: 'GET',
  path: '/channels',
  scope: 'channels:read',
  summary: 'List channels',
  query: Exactly({
    ids: Ids,
    archived: Type.Optional(Type.Boolean()),
    search: Type.Optional(Search),
    ...pageQuery,
  }),
  output: Type.Array(Channel),
  errors: [],
  list: true,
})

export const create = operation({
  id: 'channels.create',
  surface: 'workspace',
  method: 'POST',
  path: '/channels',
  scope: 'channels:write',
  summary: 'Create a channel',
  body: Exactly({ name: Name, kind: Kind, ...optional }, 'CreateChannel'),
  output: Channel,
  errors: ['tier_not_found', 'external_user_group_not_found'],
  events: ['channel.created'],
  creates: true,
  versioned: true,
})

export const get = operation({
  id: 'channels.get',
  surface: 'workspace',
  method: 'GET',
  path: '/channels/{id}',
  scope: 'channels:read',
  summary: 'Get a channel',
  output: Channel,
  errors: ['channel_not_found'],
  versioned: true,
})

export const update = operation({
  id: 'channels.update',
  surface: 'workspace',
  method: 'PATCH',
  path: '/channels/{id}',
  scope: 'channels:write',
  summary: 'Update a channel',
  description: 'Turning `admission` from `referral` to `open` goes round the reviewer and needs the scope `channels:admission` too.',
  body: Exactly({ name: Type.Optional(Name), kind: Type.Optional(Kind), ...optional }, 'UpdateChannel'),
  output: Channel,
  errors: ['channel_not_found', 'tier_not_found', 'external_user_group_not_found', 'identifier_kind_fixed'],
  events: ['channel.updated'],
  versioned: true,
})

export const archive = operation({
  id: 'channels.archive',
  surface: 'workspace',
  method: 'POST',
  path: '/channels/{id}/archive',
  scope: 'channels:write',
  summary: 'Archive a channel',
  description: 'Nobody comes in by it any more and the tokens it issued end; its external users stay readable.',
  output: Channel,
  errors: ['channel_not_found'],
  events: ['channel.archived'],
  versioned: true,
})

export const unarchive = operation({
  id: 'channels.unarchive',
  surface: 'workspace',
  method: 'POST',
  path: '/channels/{id}/unarchive',
  scope: 'channels:write',
  summary: 'Take a channel back into use',
  output: Channel,
  errors: ['channel_not_found'],
  events: ['channel.unarchived'],
  versioned: true,
})

export const remove = operation({
  id: 'channels.delete',
  surface: 'workspace',
  method: 'DELETE',
  path: '/channels/{id}',
  scope: 'channels:write',
  summary: 'Delete a channel that nobody ever came in by',
  output: Message,
  errors: ['channel_not_found', 'channel_in_use'],
  events: ['channel.deleted'],
  versioned: true,
})
