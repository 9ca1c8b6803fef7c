// External users: the contract's operations bound to their rules.
import type { Input, Operations } from '@narthex/contract'
import type { Context } from '../../context.ts'
import { pageOf, type Handlers } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import { foldForSearch } from '../../lib/fold-for-search.ts'
import { listIdentifierRules } from '../channels/queries.ts'
import { authenticateExternalUser } from './authenticate.ts'
import { createExternalUser } from './create.ts'
import { presentExternalUser } from './presenter.ts'
import {
  externalUsers,
  externalUsersMatching,
  type ExternalUserFilter,
  type ExternalUserRow,
  type IdentifierForm,
} from './queries.ts'
import { changeExternalUser, eraseExternalUser, tokenForNew } from './service.ts'

type Query = Input<Operations['externalUsers.list']>['query']

const answer = (user: ExternalUserRow) => ({ body: presentExternalUser(user), version: user.version })

export const externalUserRoutes = {
  async 'externalUsers.authenticate'(ctx, { body }) {
    return { body: await authenticateExternalUser(ctx, body) }
  },

  async 'externalUsers.list'(ctx, { query, page }) {
    const { db, principal } = ctx
    const matching = externalUsersMatching(db.read, await filterOf(ctx, query))
    const { rows, next } = pageOf(await externalUsers.list(db.read, principal.workspaceId, matching, page), page)
    const total = query.count ? await externalUsers.count(db.read, principal.workspaceId, matching) : null
    return { body: rows.map(presentExternalUser), next, total }
  },

  async 'externalUsers.create'(ctx, { body }) {
    const user = await createExternalUser(ctx, body)
    const accessToken = await tokenForNew(ctx, user)
    return { body: { ...presentExternalUser(user), accessToken }, version: user.version, externalUserId: user.id }
  },

  async 'externalUsers.get'({ db, principal }, { id }) {
    const user = await externalUsers.find(db.read, principal.workspaceId, id)
    if (!user) throw new ApiError('external_user_not_found')
    return answer(user)
  },

  async 'externalUsers.update'(ctx, { id, body, ifMatch }) {
    return answer(await changeExternalUser(ctx, id, body, ifMatch))
  },

  async 'externalUsers.erase'(ctx, { id }) {
    await eraseExternalUser(ctx, id)
    return { body: { message: 'The personal fields of the external user were erased.' } }
  },
} satisfies Partial<Handlers>

async function filterOf(ctx: Context, query: Query): Promise<ExternalUserFilter> {
  const { externalId, identifier, search } = query
  // Both are unique per channel only, so they are looked up in every channel's own index.
  const rules = (externalId ?? identifier) ? await listIdentifierRules(ctx.db.read, ctx.principal.workspaceId) : []
  const time = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text))
  return {
    ids: query.ids,
    channelIds: query.channelIds,
    groupIds: query.externalUserGroupIds,
    superIdentityIds: query.superIdentityIds,
    tierIds: query.tierIds,
    externalId: externalId === undefined ? undefined : { value: externalId, channelIds: rules.map((rule) => rule.id) },
    identifierForms: identifier === undefined ? undefined : formsOf(identifier, rules),
    blocked: query.blocked,
    neverSeen: query.neverSeen,
    createdAfter: time(query.createdAfter),
    createdBefore: time(query.createdBefore),
    lastSeenAfter: time(query.lastSeenAfter),
    lastSeenBefore: time(query.lastSeenBefore),
    search: search && foldForSearch(search),
  }
}

/** What an identifier is called on each channel, channels of one form together. A form that no channel accepts is nobody's. */
function formsOf(identifier: string, rules: Awaited<ReturnType<typeof listIdentifierRules>>): IdentifierForm[] {
  const forms = new Map<string, string[]>()
  for (const { id, identifier_kind, default_country } of rules) {
    const form = canonicalIdentifier(identifier_kind, identifier, default_country)
    if ('canonical' in form) forms.set(form.canonical, [...(forms.get(form.canonical) ?? []), id])
  }
  return [...forms].map(([canonical, channelIds]) => ({ canonical, channelIds }))
}
