// Calls on member tokens: what a member makes for itself, with a token it has already.
import { at, type Calls } from './calls.ts'
import type { CallOptions, CreateOptions } from './results.ts'
import type { CreateMemberToken, CreatedMemberToken, MemberToken } from './types.ts'

export type MemberTokens = ReturnType<typeof memberTokens>

export function memberTokens(calls: Calls) {
  return {
    /** Newest first, revoked ones too, the latest hundred. Another member's are not found: `member_not_found`. */
    list: (memberId: string, options?: CallOptions) =>
      calls.read<MemberToken[]>(at('/members', memberId, 'tokens'), {}, options),

    /** `memberToken` in the answer is the secret, shown once. Errors: `member_not_found`. */
    create: (memberId: string, body: CreateMemberToken, options?: CreateOptions) =>
      calls.make<CreatedMemberToken>(at('/members', memberId, 'tokens'), body, options),

    /** Takes effect at once; revoking again changes nothing. Errors: `member_token_not_found`. */
    revoke: (id: string, options?: CallOptions) =>
      calls.act<MemberToken>(at('/member-tokens', id, 'revoke'), undefined, options),
  }
}
