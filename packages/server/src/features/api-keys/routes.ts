// API keys: the contract's operations bound to their rules.
import type { Context } from '../../context.ts'
import { pageOf, type Handlers } from '../../http/answer.ts'
import { ApiError } from '../../lib/api-error.ts'
import { presentApiKey } from './presenter.ts'
import { apiKeys, apiKeysMatching, findPrefixes, type ApiKeyRow } from './queries.ts'
import { changeApiKey, createApiKey, revokeApiKey, rotateApiKey, type IssuedKey } from './service.ts'

/** The last use is shown but raises no version, so it has its own part of the entity tag. */
const tagged = (row: ApiKeyRow) => ({ version: row.version, shown: String(row.last_used_at) })

const issued = ({ row, prefix, secret }: IssuedKey) => ({
  body: { ...presentApiKey(row, prefix), apiKey: secret },
  ...tagged(row),
})

async function answer({ db, principal }: Context, row: ApiKeyRow) {
  const prefixes = await findPrefixes(db.read, principal.workspaceId, [row.id])
  return { body: presentApiKey(row, prefixes.get(row.id) as string), ...tagged(row) }
}

export const apiKeyRoutes = {
  async 'apiKeys.create'(ctx, { body }) {
    return issued(await createApiKey(ctx, body))
  },

  async 'apiKeys.list'({ db, principal }, { query, page }) {
    const { workspaceId } = principal
    const matching = apiKeysMatching(query.ids)
    const { rows, next } = pageOf(await apiKeys.list(db.read, workspaceId, matching, page), page)
    const prefixes = await findPrefixes(
      db.read,
      workspaceId,
      rows.map((row) => row.id),
    )
    const total = query.count ? await apiKeys.count(db.aside, workspaceId, matching) : null
    return { body: rows.map((row) => presentApiKey(row, prefixes.get(row.id) as string)), next, total }
  },

  async 'apiKeys.get'(ctx, { id }) {
    const key = await apiKeys.find(ctx.db.read, ctx.principal.workspaceId, id)
    if (!key) throw new ApiError('api_key_not_found')
    return answer(ctx, key)
  },

  async 'apiKeys.update'(ctx, { id, body, ifMatch }) {
    return answer(ctx, await changeApiKey(ctx, id, body, ifMatch))
  },

  async 'apiKeys.rotate'(ctx, { id, body }) {
    return issued(await rotateApiKey(ctx, id, body.overlapSeconds))
  },

  async 'apiKeys.revoke'(ctx, { id, body }) {
    return answer(ctx, await revokeApiKey(ctx, id, body.tokens))
  },
} satisfies Partial<Handlers>
