// Users: the contract's operations bound to their rules.
import { userListFields } from '@narthex/contract'
import type { Handlers } from '../../http/answer.ts'
import { listAnswer, readListPage } from '../../http/referral-list.ts'
import { presentUser } from './presenter.ts'
import { listUsersSeen, requireUser } from './service.ts'

export const userRoutes = {
  async 'users.list'(ctx, { query }) {
    const page = readListPage(query, userListFields, 'id')
    const { rows, total, organizationId } = await listUsersSeen(ctx, query.organizationId, page)
    return listAnswer(
      'users',
      rows.map((row) => presentUser(row, organizationId)),
      page,
      total,
    )
  },

  async 'users.get'(ctx, { id }) {
    const { row, organizationId } = await requireUser(ctx, id)
    const body = presentUser(row, organizationId)
    return { body, tag: body.meta.version }
  },
} satisfies Partial<Handlers>
