// Tiers on the wire.
import Type, { type Static } from 'typebox'
import {
  Described,
  Description,
  Exactly,
  Ids,
  Message,
  Name,
  Nullable,
  SearchIn,
  TokenLifetimeSeconds,
  WorkspaceId,
  pageQuery,
  resourceFields,
} from '../common.ts'
import { operation } from '../operation.ts'

/** So much of a metric in each window. 366 days bounds the window, so that yearly limits fit. */
export const Limit = Exactly(
  {
    metric: Type.String({
      pattern: '^[a-z0-9][a-z0-9_.-]{0,49}$',
      description: 'What is counted. Lower-case letters, digits and `_.-`, at most 50.',
    }),
    max: Type.Integer({
      minimum: 0,
      maximum: 1_000_000_000_000,
      description: 'How much of the metric fits in one window; 0 allows none.',
    }),
    windowSeconds: Type.Integer({
      minimum: 1,
      maximum: 31_622_400,
      description: 'The length of the window, in seconds; at most 366 days.',
    }),
  },
  'Limit',
  'So much of a metric in each window.',
)
export type Limit = Static<typeof Limit>

/** A tier is read on every authentication: 20 limits and 4 KiB of metadata keep that read small. */
const Limits = Type.Array(Limit, {
  maxItems: 20,
  description: 'What its external users may use; no two limits share metric and window.',
})
const Lifetime = Described(
  TokenLifetimeSeconds,
  "How long access tokens of its external users live, in seconds; null goes by the channel's or the workspace's.",
)
const Metadata = Type.Record(Type.String(), Type.Unknown(), { description: 'Any JSON object, at most 4 KiB as text.' })

export const Tier = Exactly(
  {
    ...resourceFields,
    name: Name,
    description: Nullable(Description),
    limits: Limits,
    tokenLifetimeSeconds: Nullable(Lifetime),
    metadata: Metadata,
    workspaceId: WorkspaceId,
  },
  'Tier',
  'A service level: limits and the life of access tokens.',
)
export type Tier = Static<typeof Tier>

const optional = {
  description: Type.Optional(Nullable(Description)),
  limits: Type.Optional(Limits),
  tokenLifetimeSeconds: Type.Optional(Nullable(Lifetime)),
  metadata: Type.Optional(Metadata),
}

export const list = operation({
  id: 'tiers.list',
  surface: 'workspace',
  method: 'GET',
  path: '/tiers',
  scope: 'tiers:read',
  summary: 'List tiers',
  description: 'Retrieves the tiers of the workspace, newest first.',
  query: Exactly({
    ids: Ids,
    search: Type.Optional(SearchIn('name or description')),
    ...pageQuery,
  }),
  output: Type.Array(Tier),
  errors: [],
  list: true,
})

export const create = operation({
  id: 'tiers.create',
  surface: 'workspace',
  method: 'POST',
  path: '/tiers',
  scope: 'tiers:write',
  summary: 'Create a tier',
  description: 'A service level: limits and the life of access tokens. Only `name` is required.',
  body: Exactly({ name: Name, ...optional }, 'CreateTier'),
  output: Tier,
  errors: [],
  events: ['tier.created'],
  creates: true,
  versioned: true,
})

export const get = operation({
  id: 'tiers.get',
  surface: 'workspace',
  method: 'GET',
  path: '/tiers/{id}',
  scope: 'tiers:read',
  summary: 'Get a tier',
  description: 'Answers one tier with all its limits.',
  output: Tier,
  errors: ['tier_not_found'],
  versioned: true,
})

export const update = operation({
  id: 'tiers.update',
  surface: 'workspace',
  method: 'PATCH',
  path: '/tiers/{id}',
  scope: 'tiers:write',
  summary: 'Update a tier',
  description: 'An absent key leaves a field as it is. `limits` and `metadata` are replaced as a whole.',
  body: Exactly({ name: Type.Optional(Name), ...optional }, 'UpdateTier'),
  output: Tier,
  errors: ['tier_not_found'],
  events: ['tier.updated'],
  versioned: true,
})

export const remove = operation({
  id: 'tiers.delete',
  surface: 'workspace',
  method: 'DELETE',
  path: '/tiers/{id}',
  scope: 'tiers:write',
  summary: 'Delete a tier',
  description: 'Refused while anything refers to it; the message carries the counts.',
  output: Message,
  errors: ['tier_not_found', 'tier_in_use'],
  events: ['tier.deleted'],
  versioned: true,
})
