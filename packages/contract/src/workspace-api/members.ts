// Members on the wire: the workspace's own people, and the tokens they make for themselves.
import Type, { type Static } from 'typebox'
import {
  Described,
  Exactly,
  Id,
  Ids,
  Message,
  Nullable,
  SearchIn,
  Timestamp,
  WorkspaceId,
  pageQuery,
  resourceFields,
} from '../common.ts'
import { operation } from '../operation.ts'
import { roles, type Role } from '../roles.ts'

/** Long enough for every address that mail is delivered to (RFC 5321 section 4.5.3.1). */
export const Email = Type.String({ minLength: 3, maxLength: 320, description: 'An e-mail address.' })

/** A given or family name: 1–100 code points, because one-letter names exist. */
export const PersonName = Type.String({ minLength: 1, maxLength: 100 })

const RoleOf = Type.Unsafe<Role>(
  Type.Enum([...roles], {
    title: 'Role',
    description:
      'owner and admin do everything; a reviewer decides referrals, reads and blocks; a referrer refers and sees its own referrals; a viewer reads.',
  }),
)

const fields = {
  ...resourceFields,
  email: Described(Email, 'The address that the member signs in with; unique in the workspace in its canonical form.'),
  firstname: Described(PersonName, 'The given name.'),
  lastname: Described(PersonName, 'The family name.'),
  role: RoleOf,
  joinedAt: Nullable(Described(Timestamp, 'When the member accepted the invitation; null until then.')),
  workspaceId: WorkspaceId,
}

export const Member = Exactly(fields, 'Member', "One of the workspace's own people.")
export type Member = Static<typeof Member>

const invitation = Type.String({
  description: 'Shown once, for the member: with it the sign-in page lets it join. It ends after seven days.',
})

const InvitedMember = Exactly({ ...fields, invitation }, 'InvitedMember', 'A member with its invitation.')

const administrators = ['owner', 'admin'] as const

export const list = operation({
  id: 'members.list',
  surface: 'workspace',
  method: 'GET',
  path: '/members',
  scope: 'members:read',
  summary: 'List members',
  description: 'Retrieves the members of the workspace, newest first. Removed members are not among them.',
  query: Exactly({ ids: Ids, search: Type.Optional(SearchIn('names and addresses')), ...pageQuery }),
  output: Type.Array(Member),
  errors: [],
  list: true,
})

export const get = operation({
  id: 'members.get',
  surface: 'workspace',
  method: 'GET',
  path: '/members/{id}',
  scope: 'members:read',
  summary: 'Get a member',
  description: 'Answers one member of the workspace.',
  output: Member,
  errors: ['member_not_found'],
  versioned: true,
})

export const create = operation({
  id: 'members.create',
  surface: 'workspace',
  method: 'POST',
  path: '/members',
  scope: null,
  credential: 'member',
  roles: administrators,
  summary: 'Create a member',
  description:
    'Answers the member with an invitation for it. Nobody gives a role above their own. The invitation alone lets in: whoever creates a member never learns its password or tokens.',
  body: Exactly(
    {
      email: Described(Email, 'The address that the member will sign in with.'),
      firstname: Described(PersonName, 'The given name.'),
      lastname: Described(PersonName, 'The family name.'),
      role: RoleOf,
    },
    'CreateMember',
  ),
  output: InvitedMember,
  errors: ['member_exists'],
  events: ['member.created'],
  creates: true,
  versioned: true,
  secret: true,
})

export const invite = operation({
  id: 'members.invite',
  surface: 'workspace',
  method: 'POST',
  path: '/members/{id}/invite',
  scope: null,
  credential: 'member',
  roles: administrators,
  summary: 'Invite a member again',
  description: 'A new invitation for a member that has not joined; earlier ones end.',
  output: InvitedMember,
  errors: ['member_not_found', 'member_joined'],
  events: ['member.invited'],
  versioned: true,
  secret: true,
})

export const update = operation({
  id: 'members.update',
  surface: 'workspace',
  method: 'PATCH',
  path: '/members/{id}',
  scope: null,
  credential: 'member',
  roles: administrators,
  summary: 'Change the role of a member',
  description:
    'Takes effect on its tokens and sign-ins at once. Nobody gives, changes or takes a role above their own; the last owner stays. A member that has not joined and gets a stronger role needs a new invitation.',
  body: Exactly({ role: Type.Optional(RoleOf) }, 'UpdateMember'),
  output: Member,
  errors: ['member_not_found', 'last_owner'],
  events: ['member.updated'],
  versioned: true,
})

export const remove = operation({
  id: 'members.delete',
  surface: 'workspace',
  method: 'DELETE',
  path: '/members/{id}',
  scope: null,
  credential: 'member',
  roles: administrators,
  summary: 'Remove a member',
  description: 'Its tokens and sign-ins open this workspace no longer, at once. What it referred and decided stays.',
  output: Message,
  errors: ['member_not_found', 'last_owner'],
  events: ['member.removed'],
  versioned: true,
})

const tokenFields = {
  id: Described(Id, 'A UUID v4 string that identifies this token.'),
  createdAt: Described(Timestamp, 'When it was created. ISO 8601 in UTC with milliseconds.'),
  memberId: Described(Id, 'The member that it stands for.'),
  name: Type.String({ description: 'What people call it.' }),
  prefix: Type.String({ description: 'Its first characters, to recognise it by.' }),
  lastUsedAt: Nullable(Described(Timestamp, 'When it was last used, by the minute; null before the first use.')),
  expiresAt: Nullable(Described(Timestamp, 'When it ends by itself; null for never.')),
  revokedAt: Nullable(Described(Timestamp, 'When it was revoked; null while it is good.')),
}

export const MemberToken = Exactly(tokenFields, 'MemberToken', 'A personal access token of a member.')
export type MemberToken = Static<typeof MemberToken>

export const listTokens = operation({
  id: 'memberTokens.list',
  surface: 'workspace',
  method: 'GET',
  path: '/members/{id}/tokens',
  scope: null,
  credential: 'member',
  summary: "List a member's own tokens",
  description: 'Newest first, revoked ones too, the latest hundred. A member sees its own alone.',
  output: Type.Array(MemberToken),
  errors: ['member_not_found'],
})

export const createToken = operation({
  id: 'memberTokens.create',
  surface: 'workspace',
  method: 'POST',
  path: '/members/{id}/tokens',
  scope: null,
  credential: 'member',
  summary: 'Create a token for oneself',
  description: 'The secret is shown once. It may do what the member may, in every workspace of the member.',
  body: Exactly(
    {
      name: Type.String({ minLength: 3, maxLength: 50, description: 'What people call it.' }),
      expiresAt: Type.Optional(Nullable(Described(Timestamp, 'When it ends by itself; must be in the future.'))),
    },
    'CreateMemberToken',
  ),
  output: Exactly(
    { ...tokenFields, memberToken: Type.String({ description: 'The secret, shown once.' }) },
    'CreatedMemberToken',
    'A member token with its secret.',
  ),
  errors: ['member_not_found'],
  events: ['member_token.created'],
  creates: true,
  secret: true,
})

export const revokeToken = operation({
  id: 'memberTokens.revoke',
  surface: 'workspace',
  method: 'POST',
  path: '/member-tokens/{id}/revoke',
  scope: null,
  credential: 'member',
  summary: 'Revoke a token of oneself',
  description: 'Takes effect at once. Revoking again changes nothing.',
  output: MemberToken,
  errors: ['member_token_not_found'],
  events: ['member_token.revoked'],
})
