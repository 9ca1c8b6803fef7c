// From the claims of a verified subject token to the selectors of an external user.
import { operations, type IdentifierKind, type TrustedIssuer } from '@narthex/contract'
import { Compile } from 'typebox/compile'
import { OAuthError } from '../../lib/oauth-error.ts'

export interface Selectors {
  readonly identifier: string | null
  readonly externalId: string | null
}

const { identifier, externalId } = operations['externalUsers.authenticate'].body.properties
const shapes = { identifier: Compile(identifier), externalId: Compile(externalId) }

/** Every mapped claim must be there and usable: one that is missing could otherwise let in as somebody else. */
export function mapClaims(
  claims: Readonly<Record<string, unknown>>,
  mapping: TrustedIssuer['mapping'],
  identifierKind: IdentifierKind,
): Selectors {
  const isAddress = (claim: string, selector: keyof Selectors) =>
    claim === 'email' || (selector === 'identifier' && identifierKind === 'email')
  const read = (selector: keyof Selectors) => {
    const claim = mapping[selector]
    if (claim === null) return null
    // An address that nobody verified is whatever somebody typed (OpenID Connect Core section 5.1).
    if (isAddress(claim, selector) && claims['email_verified'] !== true)
      throw refused(claim, 'counts only beside email_verified: true')
    return requireText(Object.hasOwn(claims, claim) ? claims[claim] : undefined, claim, selector)
  }
  return { identifier: read('identifier'), externalId: read('externalId') }
}

/** The same form and bounds as in a request's body. */
function requireText(value: unknown, claim: string, selector: keyof Selectors): string {
  if (typeof value !== 'string' || value === '') throw refused(claim, 'must be a text that is not empty')
  const text = value.normalize('NFC')
  const storable = text.isWellFormed() && !text.includes('\u0000')
  if (!storable || !shapes[selector].Check(text)) throw refused(claim, `cannot be the ${selector} of an external user`)
  return text
}

export function refused(claim: string, rule: string): OAuthError {
  return new OAuthError('invalid_grant', `The claim ${claim} ${rule}.`)
}
