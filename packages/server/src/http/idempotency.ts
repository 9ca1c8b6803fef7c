// Idempotency-Key: one effect and one answer for however many tries of the same request.
import type { Context } from '../context.ts'
import type { Tx } from '../db/database.ts'
import { UniqueViolation } from '../db/errors.ts'
import { within } from '../db/transaction-hooks.ts'
import { ApiError, invalid } from '../lib/api-error.ts'
import { canonicalJson, type Json } from '../lib/canonical-json.ts'
import { decrypt, deriveKey, encrypt, sha256 } from '../lib/encryption.ts'
import type { Answer } from './answer.ts'

/** Longer than any client retries. */
export const idempotencyRecordsKeptMs = 24 * 60 * 60 * 1000

/** The requests of this process that are running now, by scope. */
const running = new Set<string>()

export interface IdempotentRequest {
  readonly operation: string
  readonly id: string | undefined
  readonly key: string
  readonly body: unknown
}

/** The header's value: any visible ASCII, at most 255, as in the field's draft standard. */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null
  if (!/^[\x21-\x7e]{1,255}$/.test(header)) {
    throw invalid('headers.idempotency-key', 'must be 1 to 255 visible ASCII characters')
  }
  return header
}

/** Runs `handle` once for this key; later tries get the stored answer. Effect and answer share one transaction. */
export async function once<T>(
  ctx: Context,
  request: IdempotentRequest,
  handle: (ctx: Context) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const { workspaceId, id } = ctx.principal
  const scope = sha256(`${id}\0${request.operation}\0${request.id ?? ''}\0${request.key}`)
  const requestHash = sha256(canonicalJson((request.body ?? null) as Json))
  if (running.has(scope)) throw new ApiError('idempotency_in_progress')
  running.add(scope)
  try {
    return await ctx.db.write(async (tx) => {
      const stored = await findAnswer<T>(ctx, tx, { scope, requestHash, key: request.key })
      if (stored) return stored
      const answer = await handle({ ...ctx, db: within(ctx.db, tx) })
      await tx
        .insertInto('idempotency_records')
        .values({
          workspace_id: workspaceId,
          scope_hash: scope,
          request_hash: requestHash,
          answer: encrypt(answerKey(ctx, request.key), JSON.stringify(answer)),
          external_user_id: answer.externalUserId ?? null,
          created_at: ctx.clock.now(),
        })
        .execute()
      return answer
    })
  } catch (error) {
    // Another node was faster with the same key: its answer is the answer.
    if (!(error instanceof UniqueViolation && error.table === 'idempotency_records')) throw error
    const stored = await findAnswer<T>(ctx, ctx.db.read as Tx, { scope, requestHash, key: request.key })
    if (stored) return stored
    throw new ApiError('idempotency_in_progress')
  } finally {
    running.delete(scope)
  }
}

async function findAnswer<T>(
  ctx: Context,
  tx: Tx,
  { scope, requestHash, key }: { scope: string; requestHash: string; key: string },
): Promise<Answer<T> | null> {
  const record = await tx
    .selectFrom('idempotency_records')
    .select(['request_hash', 'answer', 'created_at'])
    .where('workspace_id', '=', ctx.principal.workspaceId)
    .where('scope_hash', '=', scope)
    .executeTakeFirst()
  if (!record) return null
  if (record.created_at < ctx.clock.now() - idempotencyRecordsKeptMs) {
    await tx
      .deleteFrom('idempotency_records')
      .where('workspace_id', '=', ctx.principal.workspaceId)
      .where('scope_hash', '=', scope)
      .execute()
    return null
  }
  if (record.request_hash !== requestHash) throw new ApiError('idempotency_key_reused')
  return JSON.parse(decrypt(answerKey(ctx, key), record.answer)) as Answer<T>
}

/** Both the instance secret and the caller's key are needed to read an answer: it may hold a secret. */
function answerKey(ctx: Context, key: string): Buffer {
  return deriveKey(ctx.instance.secret, 'idempotency', key)
}
