// The closed list of event types: every change that can be recorded, named `resource.verb_in_the_past`.

export const eventTypes = [
  'api_key.created',
  'api_key.revoked',
  'api_key.rotated',
  'api_key.updated',
  'channel.archived',
  'channel.created',
  'channel.deleted',
  'channel.unarchived',
  'channel.updated',
  'external_user.blocked',
  'external_user.created',
  'external_user.erased',
  'external_user.unblocked',
  'external_user.updated',
  'external_user_group.created',
  'external_user_group.deleted',
  'external_user_group.updated',
  'super_identity.updated',
  'tier.created',
  'tier.deleted',
  'tier.updated',
  'workspace.created',
  'workspace.updated',
] as const

export type EventType = (typeof eventTypes)[number]
