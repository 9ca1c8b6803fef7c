// What a member may do by its role.
import { scopes, type Scope } from './scopes.ts'

/** The roles, the strongest first. */
export const roles = ['owner', 'admin', 'reviewer', 'referrer', 'viewer'] as const

export type Role = (typeof roles)[number]

const reading = scopes.filter((scope) => scope.endsWith(':read'))

/**
 * What a role may do on the Workspace API, in the words of API keys: owner and admin everything, reviewer reads and blocks,
 * viewer reads, referrer nothing. Every role may ask the Referral API, which decides by itself what each of them sees.
 */
export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  owner: scopes,
  admin: scopes,
  reviewer: [...reading, 'blocks:write'],
  referrer: ['referrals:read'],
  viewer: reading,
}

/** Whether a member of the role may give, change or take the other one: nobody reaches above their own. */
export function mayGrant(role: Role, other: Role): boolean {
  return roles.indexOf(role) <= roles.indexOf(other)
}
