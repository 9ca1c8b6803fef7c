// Referrals and decisions as people read them.
import type { Referral, ReferralDecision, ReferralUser } from '@narthex/sdk'

export function linesOf(referral: Referral): string[] {
  const { id, status, referredAt, referredUser, referrerUser, referrerComment, meta } = referral
  return [
    `Referral  ${id}`,
    `Status    ${status}`,
    `Version   ${meta.version}`,
    `Person    ${shown(referredUser)}`,
    `Referrer  ${shown(referrerUser)}, ${referredAt}${referrerComment === undefined ? '' : `: ${referrerComment}`}`,
  ]
}

export function decisionLine({ from, to, by, comment, at }: ReferralDecision): string {
  const who = by === null ? 'by itself' : `by ${shown(by)}`
  return `Decision  ${from} to ${to}, ${at}, ${who}${comment === null ? '' : `: ${comment}`}`
}

/** Whatever is known of a person. */
export function shown({ userId, firstname, lastname, email }: ReferralUser): string {
  const name = [firstname, lastname].filter(Boolean).join(' ')
  if (name === '') return email ?? userId
  return email === undefined ? name : `${name} <${email}>`
}
