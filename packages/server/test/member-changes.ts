// The changes that members make: among themselves, and as referrers and reviewers. By operation, as in `changeCases`.
import { randomUUID } from 'node:crypto'
import type { EventType } from '@narthex/contract'
import { committed, nothing, time, type ByMember } from './change-case.ts'
import type { Party } from './contract/party.ts'
import { makeMember, makeMemberToken, makeReferral } from './factories.ts'

const newEmail = () => `ann.personal-${randomUUID()}@example.com`
const told = { email: committed, firstname: committed, lastname: committed, role: 'viewer', joinedAt: null }

/** Done by the owner, whose client every step is given. */
type MemberCase = Omit<ByMember, 'by'>

const any = { 'if-match': '*' }
const address = (id: string) => `referral:/external-users/${id}`
const referred = ({ colleague, workspaceId }: Party) => makeReferral(colleague, workspaceId, { email: newEmail() })

interface Decision {
  readonly type: EventType
  readonly from: string
  readonly to: string
  /** Decisions that lead to `from`. */
  readonly earlier?: readonly string[]
  readonly admission?: true
}

const decided = ({ type, from, to, earlier = [], admission }: Decision): MemberCase => ({
  type,
  async prepare(party) {
    const referral = await referred(party)
    for (const status of earlier) await party.owner.patch(address(referral.id), { status }, any)
    return referral
  },
  change: (client, { id }) => client.patch(address(id), { status: to, reviewerComment: 'A personal matter' }, any),
  before: () => ({ status: from, ...(admission && { admittedUntil: null }) }),
  after: () => ({
    status: to,
    comment: committed,
    at: time,
    ...(admission && { admittedUntil: null, override: false }),
  }),
  again: (client, { id }) => client.patch(address(id), { status: to }, any),
})

const cases: Record<string, MemberCase> = {
  'members.create': {
    type: 'member.created',
    prepare: nothing,
    change: (client) =>
      client.post('/members', { email: newEmail(), firstname: 'Ann', lastname: 'Personal', role: 'viewer' }),
    before: null,
    after: () => told,
  },
  // Inviting again is one more change: earlier invitations end.
  'members.invite': {
    type: 'member.invited',
    prepare: ({ owner }) => makeMember(owner),
    change: (client, { id }) => client.post(`/members/${id}/invite`),
    before: null,
    after: () => ({ expiresAt: time }),
  },
  'members.update': {
    type: 'member.updated',
    prepare: ({ owner }) => makeMember(owner),
    change: (client, { id }) => client.patch(`/members/${id}`, { role: 'reviewer' }),
    before: () => ({ role: 'viewer' }),
    after: () => ({ role: 'reviewer' }),
    again: (client, { id }) => client.patch(`/members/${id}`, { role: 'reviewer' }),
  },
  'members.delete': {
    type: 'member.removed',
    prepare: ({ owner }) => makeMember(owner),
    change: (client, { id }) => client.delete(`/members/${id}`),
    before: () => told,
    after: null,
    again: (client, { id }) => client.delete(`/members/${id}`),
  },
  'memberTokens.create': {
    type: 'member_token.created',
    prepare: async ({ ownerId }) => ({ id: ownerId }),
    subjectOf: (_, { body }) => body.id,
    change: (client, { id }) => client.post(`/members/${id}/tokens`, { name: 'Laptop' }),
    before: null,
    after: ({ id }, { body }) => ({ memberId: id, name: 'Laptop', prefix: body.prefix, expiresAt: null }),
  },
  'memberTokens.revoke': {
    type: 'member_token.revoked',
    prepare: ({ owner, ownerId }) => makeMemberToken(owner, ownerId),
    change: (client, { id }) => client.post(`/member-tokens/${id}/revoke`),
    before: () => ({ revokedAt: null }),
    after: () => ({ revokedAt: time }),
    again: (client, { id }) => client.post(`/member-tokens/${id}/revoke`),
  },
  'superIdentities.erase': {
    type: 'super_identity.erased',
    prepare: async (party) => {
      const { id, referredUser } = await referred(party)
      return { id: referredUser.userId, referralId: id }
    },
    change: (client, { id }) => client.post(`/super-identities/${id}/erase`),
    before: () => ({ erasedAt: null }),
    after: ({ referralId }) => ({
      firstname: null,
      lastname: null,
      erasedAt: time,
      endedReferral: { id: referralId, status: 'WITHDRAWN' },
    }),
    again: (client, { id }) => client.post(`/super-identities/${id}/erase`),
  },
  'referrals.refer': {
    type: 'referral.referred',
    prepare: async ({ workspaceId }) => ({ id: workspaceId }),
    subjectOf: (_, { body }) => body.id,
    change: (client, { id }) =>
      client.post('referral:/external-users', {
        organizationId: id,
        email: newEmail(),
        firstname: 'Ann',
        lastname: 'Personal',
        referrerComment: 'A personal friend',
      }),
    before: null,
    after: ({ id }, { body }) => ({
      status: 'REFERRED',
      superIdentityId: body.referredUser.userId,
      referrerId: body.referrerUser.userId,
      referrerOrganizationId: id,
      email: committed,
      firstname: committed,
      lastname: committed,
      referrerComment: committed,
      proposedUntil: null,
      provisionalUntil: null,
    }),
    again: (client, { id }) => client.post('referral:/external-users', { organizationId: id, userId: randomUUID() }),
  },
  'referrals.review to admit': decided({
    type: 'referral.admitted',
    from: 'REFERRED',
    to: 'ADMITTED',
    admission: true,
  }),
  'referrals.review to reject': decided({ type: 'referral.rejected', from: 'REFERRED', to: 'REJECTED' }),
  'referrals.review to revoke': decided({
    type: 'referral.revoked',
    from: 'ADMITTED',
    to: 'REVOKED',
    earlier: ['ADMITTED'],
  }),
  'referrals.withdraw': {
    type: 'referral.withdrawn',
    prepare: referred,
    subjectOf: ({ id }) => id,
    change: (client, { id }) => client.delete(address(id), any),
    before: () => ({ status: 'REFERRED' }),
    after: () => ({ status: 'WITHDRAWN', comment: null, at: time }),
    again: (client, { id }) => client.delete(address(id), any),
  },
}

export const memberChangeCases: Record<string, ByMember> = Object.fromEntries(
  Object.entries(cases).map(([name, one]) => [name, Object.assign(one, { by: 'member' } as const)]),
)
