// The rules of trusted issuers: one place where the keys come from, public keys only, and at least one mapped claim.
import { randomUUID } from 'node:crypto'
import type { Input, Operations, TrustedIssuer } from '@narthex/contract'
import type { Context } from '../../context.ts'
import type { Tx } from '../../db/database.ts'
import { UniqueViolation } from '../../db/errors.ts'
import { ApiError, invalid } from '../../lib/api-error.ts'
import type { Json } from '../../lib/canonical-json.ts'
import { difference } from '../../lib/difference.ts'
import { requireMatch, type IfMatch } from '../../lib/if-match.ts'
import { channels } from '../channels/queries.ts'
import { appendEvent } from '../events/service.ts'
import { whyNotVerifiable, type PublicKeyJwk } from './key-rules.ts'
import { presentTrustedIssuer } from './presenter.ts'
import { trustedIssuers, type TrustedIssuerRow } from './queries.ts'

type CreateBody = Input<Operations['trustedIssuers.create']>['body']
type UpdateBody = Input<Operations['trustedIssuers.update']>['body']
type Settings = Pick<TrustedIssuer, 'issuer' | 'jwksUri' | 'jwks' | 'audience' | 'channelId' | 'mapping'>

export async function createTrustedIssuer(ctx: Context, body: CreateBody): Promise<TrustedIssuerRow> {
  const settings: Settings = { ...body, jwksUri: body.jwksUri ?? null, jwks: body.jwks ?? null }
  await requireRules(ctx, settings)
  const now = ctx.clock.now()
  return taken(() =>
    ctx.db.write(async (tx) => {
      await requireChannel(tx, ctx, settings.channelId)
      const issuer = await trustedIssuers.insert(tx, {
        workspace_id: ctx.principal.workspaceId,
        id: randomUUID(),
        issuer: settings.issuer,
        ...columns(settings),
        version: 1,
        created_at: now,
        updated_at: now,
      })
      await appendEvent(tx, ctx, { type: 'trusted_issuer.created', subject: issuer, after: told(issuer) })
      return issuer
    }),
  )
}

export async function changeTrustedIssuer(
  ctx: Context,
  id: string,
  body: UpdateBody,
  ifMatch: IfMatch,
): Promise<TrustedIssuerRow> {
  return ctx.db.write(async (tx) => {
    const issuer = await requireLocked(tx, ctx, id)
    requireMatch(ifMatch, issuer.version)
    const current = presentTrustedIssuer(issuer)
    const change = difference(current, body)
    if (!change) return issuer
    const next = { ...current, ...change.after } as TrustedIssuer
    await requireRules(ctx, next)
    if (change.after['channelId'] !== undefined) await requireChannel(tx, ctx, next.channelId)
    const updated = await trustedIssuers.update(tx, issuer, { ...columns(next), updated_at: ctx.clock.now() })
    await appendEvent(tx, ctx, { type: 'trusted_issuer.updated', subject: updated, ...change })
    return updated
  })
}

export async function removeTrustedIssuer(ctx: Context, id: string, ifMatch: IfMatch): Promise<void> {
  await ctx.db.write(async (tx) => {
    const issuer = await requireLocked(tx, ctx, id)
    requireMatch(ifMatch, issuer.version)
    await trustedIssuers.remove(tx, issuer)
    const subject = { id, version: issuer.version + 1 }
    await appendEvent(tx, ctx, { type: 'trusted_issuer.deleted', subject, before: told(issuer) })
  })
}

async function requireLocked(tx: Tx, ctx: Context, id: string): Promise<TrustedIssuerRow> {
  const issuer = await trustedIssuers.lock(tx, ctx.principal.workspaceId, id)
  if (!issuer) throw new ApiError('trusted_issuer_not_found')
  return issuer
}

/** It exists, and stays until the transaction ends. An archived one may be named: nobody comes in by it meanwhile. */
async function requireChannel(tx: Tx, ctx: Context, id: string): Promise<void> {
  if (!(await channels.share(tx, ctx.principal.workspaceId, id))) throw new ApiError('channel_not_found')
}

async function requireRules(ctx: Context, { issuer, jwksUri, jwks, mapping }: Settings): Promise<void> {
  if ((jwksUri === null) === (jwks === null)) throw invalid('jwksUri', 'must be given, or jwks: exactly one of the two')
  if (!URL.canParse(issuer)) throw invalid('issuer', 'must be an address')
  if (mapping.identifier === null && mapping.externalId === null) {
    throw invalid('mapping', 'must name a claim for identifier or externalId')
  }
  if (jwksUri !== null) requireKeyAddress(ctx, jwksUri)
  for (const [i, key] of (jwks?.keys ?? []).entries()) {
    const why = await whyNotVerifiable(key as PublicKeyJwk)
    if (why !== null) throw invalid(`jwks.keys.${i}`, why)
  }
}

/** Keys that anybody on the way could exchange are worth nothing; inside the operator's network that is the operator's to say. */
function requireKeyAddress({ instance }: Context, jwksUri: string): void {
  const url = URL.canParse(jwksUri) ? new URL(jwksUri) : null
  if (!url || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw invalid('jwksUri', 'must be an address without credentials and fragment')
  }
  if (url.protocol === 'https:' || instance.outgoing.isNamed(url)) return
  throw invalid('jwksUri', 'must be an https address; plain http is for hosts that NARTHEX_OUTGOING_ALLOW names')
}

function columns({ jwksUri, jwks, audience, channelId, mapping }: Settings) {
  return {
    jwks_uri: jwksUri,
    jwks: jwks === null ? null : JSON.stringify(jwks),
    audience,
    channel_id: channelId,
    mapping: JSON.stringify(mapping),
  }
}

/** What an event tells of an issuer: everything that can be set. The keys are public. */
function told(row: TrustedIssuerRow): Record<string, Json> {
  const { issuer, jwksUri, jwks, audience, channelId, mapping } = presentTrustedIssuer(row)
  return { issuer, jwksUri, jwks: jwks as Json, audience, channelId, mapping: mapping as Json }
}

async function taken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof UniqueViolation && error.columns.includes('issuer')) throw new ApiError('issuer_taken')
    throw error
  }
}
