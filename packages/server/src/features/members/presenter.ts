// Members and their tokens as the contract shows them.
import type { Member, MemberToken } from '@narthex/contract'
import { iso, isoOrNull } from '../../lib/clock.ts'
import type { MemberRow, MemberTokenRow } from './queries.ts'

export function presentMember(row: MemberRow): Member {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    updatedAt: iso(row.updated_at),
    email: row.email,
    firstname: row.firstname,
    lastname: row.lastname,
    role: row.role,
    joinedAt: isoOrNull(row.joined_at),
    workspaceId: row.workspace_id,
  }
}

export function presentMemberToken(row: MemberTokenRow): MemberToken {
  return {
    id: row.id,
    createdAt: iso(row.created_at),
    memberId: row.member_id,
    name: row.name,
    prefix: row.prefix,
    lastUsedAt: isoOrNull(row.last_used_at),
    expiresAt: isoOrNull(row.expires_at),
    revokedAt: isoOrNull(row.revoked_at),
  }
}
