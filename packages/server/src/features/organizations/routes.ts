// Organizations: the contract's operations bound to their rules.
import { organizationFields } from '@narthex/contract'
import type { Handlers } from '../../http/answer.ts'
import { listAnswer, readListPage } from '../../http/referral-list.ts'
import { presentOrganization } from './presenter.ts'
import { listOrganizations, requireOrganization } from './service.ts'

export const organizationRoutes = {
  async 'organizations.list'(ctx, { query }) {
    const page = readListPage(query, organizationFields, 'id')
    const { rows, total } = await listOrganizations(ctx, page)
    return listAnswer('organizations', rows.map(presentOrganization), page, total)
  },

  async 'organizations.get'(ctx, { id }) {
    const body = presentOrganization(await requireOrganization(ctx, id))
    return { body, tag: body.meta.version }
  },
} satisfies Partial<Handlers>
