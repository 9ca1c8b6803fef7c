// Trusted issuers: the contract's operations bound to their rules.
import { pageOf, type Handlers } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import { presentTrustedIssuer } from './presenter.ts'
import { trustedIssuers, type TrustedIssuerRow } from './queries.ts'
import { changeTrustedIssuer, createTrustedIssuer, removeTrustedIssuer } from './service.ts'

const answer = (issuer: TrustedIssuerRow) => ({ body: presentTrustedIssuer(issuer), version: issuer.version })

export const trustedIssuerRoutes = {
  async 'trustedIssuers.create'(ctx, { body }) {
    return answer(await createTrustedIssuer(ctx, body))
  },

  async 'trustedIssuers.list'({ db, principal }, { query, page }) {
    const { rows, next } = pageOf(await trustedIssuers.list(db.read, principal.workspaceId, () => [], page), page)
    const total = query.count ? await trustedIssuers.count(db.aside, principal.workspaceId, () => []) : null
    return { body: rows.map(presentTrustedIssuer), next, total }
  },

  async 'trustedIssuers.get'({ db, principal }, { id }) {
    const issuer = await trustedIssuers.find(db.read, principal.workspaceId, id)
    if (!issuer) throw new ApiError('trusted_issuer_not_found')
    return answer(issuer)
  },

  async 'trustedIssuers.update'(ctx, { id, body, ifMatch }) {
    return answer(await changeTrustedIssuer(ctx, id, body, ifMatch))
  },

  async 'trustedIssuers.delete'(ctx, { id, ifMatch }) {
    await removeTrustedIssuer(ctx, id, ifMatch)
    return { body: { message: 'The issuer is trusted no longer.' } }
  },
} satisfies Partial<Handlers>
