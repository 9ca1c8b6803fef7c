// External user groups: the contract's operations bound to their rules.
import { pageOf, type Handlers } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import { searchTerm } from '../../lib/fold-for-search.ts'
import { presentGroup } from './presenter.ts'
import { groups, groupsMatching, type GroupRow } from './queries.ts'
import { changeGroup, createGroup, removeGroup } from './service.ts'

const answer = (group: GroupRow) => ({ body: presentGroup(group), version: group.version })

export const externalUserGroupRoutes = {
  async 'externalUserGroups.list'({ db, principal }, { query, page }) {
    const { ids, tierIds, externalId } = query
    const search = searchTerm(query.search)
    const matching = groupsMatching(db.read, { ids, tierIds, externalId, search })
    const reader = search === undefined ? db.read : db.aside
    const { rows, next } = pageOf(await groups.list(reader, principal.workspaceId, matching, page), page)
    const total = query.count ? await groups.count(db.aside, principal.workspaceId, matching) : null
    return { body: rows.map(presentGroup), next, total }
  },

  async 'externalUserGroups.create'(ctx, { body }) {
    return answer(await createGroup(ctx, body))
  },

  async 'externalUserGroups.get'({ db, principal }, { id }) {
    const group = await groups.find(db.read, principal.workspaceId, id)
    if (!group) throw new ApiError('external_user_group_not_found')
    return answer(group)
  },

  async 'externalUserGroups.update'(ctx, { id, body, ifMatch }) {
    return answer(await changeGroup(ctx, id, body, ifMatch))
  },

  async 'externalUserGroups.delete'(ctx, { id, ifMatch }) {
    await removeGroup(ctx, id, ifMatch)
    return { body: { message: 'The external user group was deleted.' } }
  },
} satisfies Partial<Handlers>
