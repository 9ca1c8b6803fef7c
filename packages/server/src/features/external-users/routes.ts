// External users: the contract's operations bound to their rules.
import type { ExternalUser, Input, Operations } from '@narthex/contract'
import type { Context } from '../../context.ts'
import { AnswerOfJson, type Handlers } from '../../http/answer.ts'
import type { Page } from '../../db/page.ts'
import { byIndex, soughtIn } from '../../db/search.ts'
import { ApiError } from '../../lib/api-error.ts'
import { canonicalIdentifier } from '../../lib/canonical-identifier.ts'
import { searchTerm } from '../../lib/fold-for-search.ts'
import { findBlockedAmong } from '../blocks/queries.ts'
import { listDistinctIdentifierRules } from '../channels/queries.ts'
import { authenticateExternalUser } from './authenticate.ts'
import { eraseExternalUser, erasePersonAlone } from './erase.ts'
import { externalUsersMatching, type ExternalUserFilter, type IdentifierForm } from './filter.ts'
import type { Listing } from './list-statements.ts'
import { presentAsJson, presentExternalUser } from './presenter.ts'
import { externalUsers, findShown } from './queries.ts'
import { changeExternalUser, createWithToken } from './service.ts'
import { showPage } from './shown-pages.ts'

type Query = Input<Operations['externalUsers.list']>['query']

/** A block on the person or the identifier shows without a new version, so `blocked` has its own part of the entity tag. */
function answer(json: string, version: number) {
  const blocked = json.startsWith('{"blocked":true')
  return new AnswerOfJson<ExternalUser>(json, blocked ? { version, shown: 'blocked' } : { version })
}

export const externalUserRoutes = {
  async 'externalUsers.authenticate'(ctx, { body }) {
    return new AnswerOfJson(await authenticateExternalUser(ctx, body))
  },

  async 'externalUsers.list'(ctx, { query, page, list }) {
    const { db, principal } = ctx
    const now = ctx.clock.now()
    let asked: Promise<Listing> | undefined
    const listing = () => (asked ??= listingOf(ctx, query, page))
    const reader = mayTakeLong(query) ? db.aside : db.read
    const { json, next } = await showPage(reader, { key: list.key, now, listing })
    if (!query.count) return new AnswerOfJson<ExternalUser[]>(json, { next })
    const { filter, page: paged } = await listing()
    const counted = externalUsersMatching(db.aside, { ...filter, search: byIndex(filter.search) }, now)
    const total = await externalUsers.count(db.aside, principal.workspaceId, counted, paged)
    return new AnswerOfJson<ExternalUser[]>(json, { next, total })
  },

  async 'externalUsers.create'(ctx, { body }) {
    const { user, accessToken } = await createWithToken(ctx, body)
    // A token is made of letters, digits, dashes, underscores and dots only (RFC 7515 section 3.1).
    const token = accessToken === null ? 'null' : `"${accessToken}"`
    const json = `${JSON.stringify(presentExternalUser(user, false)).slice(0, -1)},"accessToken":${token}}`
    return new AnswerOfJson(json, { version: user.version, erasedWith: user.id })
  },

  async 'externalUsers.get'(ctx, { id }) {
    const shown = await findShown(ctx.db.read, ctx.principal.workspaceId, id, ctx.clock.now())
    if (!shown) throw new ApiError('external_user_not_found')
    return answer(shown.json, shown.version)
  },

  async 'externalUsers.update'(ctx, { id, body, ifMatch }) {
    const user = await changeExternalUser(ctx, id, body, ifMatch)
    const blocked = await findBlockedAmong(ctx.db.read, user.workspace_id, [user], ctx.clock.now())
    return answer(presentAsJson(user, blocked.has(user.id)), user.version)
  },

  async 'externalUsers.erase'(ctx, { id }) {
    await eraseExternalUser(ctx, id)
    return { body: { message: 'The personal fields of the external user were erased.' } }
  },

  async 'superIdentities.erase'(ctx, { id }) {
    await erasePersonAlone(ctx, id)
    return { body: { message: 'The personal fields of the person were erased.' } }
  },
} satisfies Partial<Handlers>

/** At most one account a channel has the given key, and a person has few. */
function asksForFew({ externalId, identifier, ids, superIdentityIds }: Query): boolean {
  return (externalId ?? identifier) !== undefined || ids.length > 0 || superIdentityIds.length > 0
}

/**
 * A search may look at every account. So may whatever no index has in the list's order: several values of a filter, one
 * filter beside another, blocks and sights.
 */
function mayTakeLong(query: Query): boolean {
  const values = query.channelIds.length + query.externalUserGroupIds.length + query.tierIds.length
  const others = [query.search, query.blocked, query.neverSeen, query.lastSeenAfter, query.lastSeenBefore]
  return values > 1 || others.some((value) => value !== undefined)
}

async function listingOf(ctx: Context, query: Query, page: Page): Promise<Listing> {
  const filter = await filterOf(ctx, query)
  const byText = filter.search?.met === false
  return { filter, page: { ...page, few: byText || asksForFew(query), byText } }
}

async function filterOf(ctx: Context, query: Query): Promise<ExternalUserFilter> {
  const { identifier } = query
  const term = searchTerm(query.search)
  const time = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text))
  return {
    workspaceId: ctx.principal.workspaceId,
    ids: query.ids,
    channelIds: query.channelIds,
    groupIds: query.externalUserGroupIds,
    superIdentityIds: query.superIdentityIds,
    tierIds: query.tierIds,
    externalId: query.externalId,
    identifierForms: identifier === undefined ? undefined : await formsOf(ctx, identifier),
    blocked: query.blocked,
    neverSeen: query.neverSeen,
    createdAfter: time(query.createdAfter),
    createdBefore: time(query.createdBefore),
    lastSeenAfter: time(query.lastSeenAfter),
    lastSeenBefore: time(query.lastSeenBefore),
    search: term === undefined ? undefined : await soughtIn(ctx.db.aside, 'external_users', term),
  }
}

/** What an identifier is called under each rule that a channel has. A form that no rule accepts is nobody's. */
async function formsOf({ db, principal }: Context, identifier: string): Promise<IdentifierForm[]> {
  const rules = await listDistinctIdentifierRules(db.read, principal.workspaceId)
  return rules.flatMap((rule) => {
    const form = canonicalIdentifier(rule.identifier_kind, identifier, rule.default_country)
    return 'canonical' in form ? [{ ...rule, canonical: form.canonical }] : []
  })
}
