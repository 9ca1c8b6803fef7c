// The subject token of an exchange: whose it is, whether it is genuine, and what it says.
import { errors, jwtVerify, type JWTPayload } from 'jose'
import type { Context } from '../../context.ts'
import { parseObject, readCompactJws, type CompactJws } from '../../lib/compact-jws.ts'
import { OAuthError } from '../../lib/oauth-error.ts'
import { signatureAlgorithms } from '../trusted-issuers/key-rules.ts'
import { findTrustedIssuer, type TrustedIssuerRow } from '../trusted-issuers/queries.ts'

/** Clocks of two well-kept machines differ by less; it helps a token that begins, never one that has ended. */
const clockToleranceSeconds = 10
/** An issuer's name as it can be registered. Anything else is not looked up: not every text can be asked of a database. */
const issuerName = /^https?:\/\/[\x21-\x7e]{1,2040}$/

/** A token for another purpose (logout, security event, proof of possession …) says so in `typ` (RFC 8725 section 3.11). */
const idTokenTypes = [undefined, 'jwt']
const anyTokenTypes = [...idTokenTypes, 'at+jwt', 'application/at+jwt']

export interface SubjectToken {
  readonly issuer: TrustedIssuerRow
  readonly claims: JWTPayload & { readonly exp: number }
}

/** Throws unless the token comes from an issuer that the caller's workspace trusts, is meant for it, and is alive. */
export async function requireSubjectToken(ctx: Context, token: string, tokenType: string): Promise<SubjectToken> {
  const jws = readCompactJws(token)
  if (!jws) throw notAccepted('is no compact JWS')
  requireHeader(jws, tokenType.endsWith(':id_token') ? idTokenTypes : anyTokenTypes)
  const issuer = await requireTrustedIssuer(ctx, parseObject(jws.payload)?.['iss'])
  const claims = await verified(ctx, issuer, token)
  if (claims.exp * 1000 <= ctx.clock.now()) throw notAccepted('has expired')
  return { issuer, claims }
}

/** A key that the token itself brings or points to (`jwk`, `jku`, `x5c`, `x5u`) is never looked at. */
function requireHeader({ header }: CompactJws, types: readonly unknown[]): void {
  const { typ, kid } = header
  if (!types.includes(typeof typ === 'string' ? typ.toLowerCase() : typ)) throw notAccepted('is of another type')
  if (kid !== undefined && typeof kid !== 'string') throw notAccepted('has a key id that is no text')
}

/** Of the caller's workspace only: whom others trust does not matter here. */
async function requireTrustedIssuer({ db, principal }: Context, name: unknown): Promise<TrustedIssuerRow> {
  const known = typeof name === 'string' && issuerName.test(name)
  const issuer = known ? await findTrustedIssuer(db.read, principal.workspaceId, name) : undefined
  if (!issuer) throw notAccepted('comes from an issuer that the workspace does not trust')
  return issuer
}

async function verified(ctx: Context, issuer: TrustedIssuerRow, token: string): Promise<SubjectToken['claims']> {
  const source = {
    workspaceId: issuer.workspace_id,
    id: issuer.id,
    version: issuer.version,
    jwksUri: issuer.jwks_uri,
    jwks: issuer.jwks === null ? null : (JSON.parse(issuer.jwks) as object),
  }
  try {
    const { payload } = await jwtVerify(token, (header) => ctx.instance.issuerKeys.find(source, header), {
      algorithms: signatureAlgorithms,
      issuer: issuer.issuer,
      audience: issuer.audience,
      requiredClaims: ['exp'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(ctx.clock.now()),
    })
    return payload as SubjectToken['claims']
  } catch (error) {
    // A key that does not fit the algorithm is a TypeError of the library.
    if (!(error instanceof errors.JOSEError) && !(error instanceof TypeError)) throw error
    throw notAccepted(reason(error))
  }
}

function reason(error: Error): string {
  if (error instanceof errors.JWTExpired) return 'has expired'
  if (error instanceof errors.JWTClaimValidationFailed) return `has a claim ${error.claim} that does not fit`
  if (error instanceof errors.JOSEAlgNotAllowed) return 'is signed with an algorithm that is not accepted'
  if (error instanceof errors.JWKSNoMatchingKey) return 'is signed with a key that its issuer does not publish'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'has a signature that does not verify'
  return 'cannot be verified'
}

/** RFC 8693 section 2.2.2 wants `invalid_request` for a subject token that is invalid for any reason. */
export function notAccepted(why: string): OAuthError {
  return new OAuthError('invalid_request', `The subject token ${why}.`)
}
