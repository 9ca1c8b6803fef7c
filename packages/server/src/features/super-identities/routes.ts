// Super identities: the contract's operations bound to their rules.
import { pageOf, type Handlers } from '../../http/answer.ts'
import { byIndex, soughtIn } from '../../db/search.ts'
import { searchTerm } from '../../lib/fold-for-search.ts'
import { presentPerson } from './presenter.ts'
import { findLinks, personsMatching, superIdentities, type PersonLinks } from './queries.ts'
import { changePerson, requirePerson, type Person } from './service.ts'

const answer = ({ row, links }: Person) => ({ body: presentPerson(row, links), version: row.version })

export const superIdentityRoutes = {
  async 'superIdentities.list'({ db, principal }, { query, page }) {
    const { workspaceId } = principal
    const term = searchTerm(query.search)
    const search = term === undefined ? undefined : await soughtIn(db.aside, 'super_identities', term)
    const matching = personsMatching(db.read, { ids: query.ids, search })
    const reader = search === undefined ? db.read : db.aside
    const byText = search?.met === false
    const asked = { ...page, few: byText || query.ids.length > 0, byText }
    const listed = await superIdentities.list(reader, workspaceId, matching, asked)
    const { rows, next } = pageOf(listed, page)
    const links = await findLinks(
      db.read,
      workspaceId,
      rows.map((row) => row.id),
    )
    const counted = personsMatching(db.aside, { ids: query.ids, search: byIndex(search) })
    const total = query.count ? await superIdentities.count(db.aside, workspaceId, counted, { byText }) : null
    return { body: rows.map((row) => presentPerson(row, links.get(row.id) as PersonLinks)), next, total }
  },

  async 'superIdentities.get'({ db, principal }, { id }) {
    return answer(await requirePerson(db.read, principal.workspaceId, id))
  },

  async 'superIdentities.update'(ctx, { id, body, ifMatch }) {
    return answer(await changePerson(ctx, id, body, ifMatch))
  },
} satisfies Partial<Handlers>
