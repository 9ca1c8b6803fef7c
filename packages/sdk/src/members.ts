// Calls on members: the workspace's own people. Changing them takes a member token of an owner or an admin.
import { at, type Calls } from './calls.ts'
import type { CallOptions, ChangeOptions, CreateOptions, GetOptions, Walk } from './results.ts'
import type { CreateMember, InvitedMember, ListMembersQuery, Member, Message, UpdateMember } from './types.ts'

const path = '/members'

export type Members = ReturnType<typeof members>

export function members(calls: Calls) {
  return {
    /** One page of those that match all given filters, newest first. */
    list: (query: ListMembersQuery = {}, options?: CallOptions) => calls.list<Member>(path, query, options),

    /** Every member that matches, newest first, fetched page by page. */
    listAll: (query: Walk<ListMembersQuery> = {}, options?: CallOptions) => calls.listAll<Member>(path, query, options),

    /** Errors: `member_not_found`. */
    get: <O extends GetOptions = CallOptions>(id: string, options?: O) => calls.get<Member, O>(at(path, id), options),

    /** `invitation` in the answer is for the member, and shown once. Errors: `member_exists`, `role_insufficient`. */
    create: (body: CreateMember, options?: CreateOptions) => calls.create<InvitedMember>(path, body, options),

    /** A new invitation; earlier ones end. Errors: `member_not_found`, `member_joined`. */
    invite: (id: string, options?: CallOptions) =>
      calls.actOn<InvitedMember>(at(path, id, 'invite'), undefined, options),

    /** Changes the role, at once. Errors: `member_not_found`, `last_owner`, `role_insufficient`, `precondition_failed`. */
    update: (id: string, body: UpdateMember, options?: ChangeOptions) =>
      calls.update<Member>(at(path, id), body, options),

    /** Its tokens and sign-ins open the workspace no longer. Errors: `member_not_found`, `last_owner`, `precondition_failed`. */
    delete: (id: string, options?: ChangeOptions) => calls.delete<Message>(at(path, id), options),
  }
}
