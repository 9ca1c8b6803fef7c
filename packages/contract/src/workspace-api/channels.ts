// Channels on the wire: where external users come in.
import Type, { type Static } from 'typebox'
import {
  Described,
  Description,
  Exactly,
  Id,
  Ids,
  Message,
  Name,
  Nullable,
  SearchIn,
  Timestamp,
  TokenLifetimeSeconds,
  WorkspaceId,
  pageQuery,
  resourceFields,
} from '../common.ts'
import { operation } from '../operation.ts'

const kinds = ['web', 'whatsapp', 'instagram', 'telegram', 'email', 'sms', 'voice', 'portal', 'api'] as const
const Kind = Type.Enum(kinds, { title: 'ChannelKind', description: 'What sort of place external users come from.' })
const identifierKinds = ['email', 'phone', 'username', 'opaque'] as const
/** How identifiers of the channel are made canonical; uniqueness and look-up use that form. */
const IdentifierKind = Type.Enum(identifierKinds, {
  title: 'IdentifierKind',
  description:
    'How identifiers are made canonical; uniqueness and look-up use that form. Fixed once an external user exists.',
})
export type IdentifierKind = (typeof identifierKinds)[number]

const Provisioning = Type.Enum(['automatic', 'manual'], {
  title: 'Provisioning',
  description: 'Whether authenticating an unknown external user creates it.',
})
const Admission = Type.Enum(['open', 'referral'], {
  title: 'ChannelAdmission',
  description: 'Whether anyone may come in, or only persons who hold a current admission.',
})
const Country = Type.String({
  pattern: '^[A-Z]{2}$',
  description: 'ISO 3166-1 alpha-2; for phone numbers in national form.',
})
const DefaultTierId = Described(
  Id,
  'The tier of its external users where neither they nor their group have one; read on each authentication, never copied.',
)
const DefaultGroupId = Described(Id, 'The group that new external users of this channel are put in.')
const Lifetime = Described(
  TokenLifetimeSeconds,
  "How long access tokens live where the tier does not say, in seconds; null goes by the workspace's.",
)

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
    defaultTierId: Nullable(DefaultTierId),
    defaultExternalUserGroupId: Nullable(DefaultGroupId),
    tokenLifetimeSeconds: Nullable(Lifetime),
    archivedAt: Nullable(Described(Timestamp, 'Since when nobody comes in by it; null while it is in use.')),
    workspaceId: WorkspaceId,
  },
  'Channel',
  'Where external users come in, and how they are recognised there.',
)
export type Channel = Static<typeof Channel>

const optional = {
  description: Type.Optional(Nullable(Description)),
  identifierKind: Type.Optional(IdentifierKind),
  defaultCountry: Type.Optional(Nullable(Country)),
  provisioning: Type.Optional(Provisioning),
  admission: Type.Optional(Admission),
  defaultTierId: Type.Optional(Nullable(DefaultTierId)),
  defaultExternalUserGroupId: Type.Optional(Nullable(DefaultGroupId)),
  tokenLifetimeSeconds: Type.Optional(Nullable(Lifetime)),
}

export const list = operation({
  id: 'channels.list',
  surface: 'workspace',
  method: 'GET',
  path: '/channels',
  scope: 'channels:read',
  summary: 'List channels',
  description: 'Retrieves the channels of the workspace, newest first, archived ones included.',
  query: Exactly({
    ids: Ids,
    archived: Type.Optional(Type.Boolean({ description: 'Only the archived ones, or only those in use.' })),
    search: Type.Optional(SearchIn('name or description')),
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
  description:
    'Only `name` and `kind` are required: `identifierKind` becomes `opaque`, `provisioning` `automatic` and `admission` ' +
    '`open` when they are left out.',
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
  description: 'Answers one channel, an archived one too.',
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
  description:
    'An absent key leaves a field as it is, null clears it. Turning `admission` from `referral` to `open` goes round the ' +
    'reviewer and needs the scope `channels:admission` too; turning it to `referral` ends the access tokens it issued.',
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
  description:
    'Nobody comes in by it any more and the tokens it issued end; its external users stay readable. Archiving again changes nothing.',
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
  description: 'Access tokens that ended with its archiving stay ended. A channel in use stays as it is.',
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
  description:
    'Refused once an external user came in by it, even one that is erased since; it can be archived instead.',
  output: Message,
  errors: ['channel_not_found', 'channel_in_use'],
  events: ['channel.deleted'],
  versioned: true,
})
