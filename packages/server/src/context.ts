// What a handler receives besides its input.
import type { KeyObject } from 'node:crypto'
import type { Role, Scope } from '@narthex/contract'
import type { CryptoKey, JWSHeaderParameters } from 'jose'
import type { Logger } from 'pino'
import type { Database } from './db/database.ts'
import type { Clock } from './lib/clock.ts'
import type { Outgoing } from './lib/outgoing.ts'

/** Who acts. */
export type Principal = ApiKeyPrincipal | MemberPrincipal | ExternalUserPrincipal | SystemPrincipal

export interface ApiKeyPrincipal {
  readonly kind: 'api_key'
  readonly workspaceId: string
  readonly id: string
  readonly scopes: ReadonlySet<Scope>
}

/** A member, by a personal access token or signed in to the console. */
export interface MemberPrincipal extends Membership {
  readonly kind: 'member'
  /** What the role allows on the Workspace API. */
  readonly scopes: ReadonlySet<Scope>
  /** Token or session: what rates are counted by. */
  readonly credentialId: string
  readonly loginId: string
  /** Every workspace that the same person has joined, the acting one included. */
  readonly memberships: readonly Membership[]
}

/** One person's place in one workspace. */
export interface Membership {
  readonly workspaceId: string
  /** The member's id there. */
  readonly id: string
  readonly role: Role
  readonly email: string
  /** Canonical: it tells one person. */
  readonly emailCanonical: string
}

/** An external user with its own access token: it may read itself and nothing else. */
export interface ExternalUserPrincipal {
  readonly kind: 'external_user'
  readonly workspaceId: string
  readonly id: string
  readonly channelId: string
  /** The API key that asked for the token. */
  readonly clientId: string
}

/** The operator's command line or a job of the service itself. */
export interface SystemPrincipal {
  readonly kind: 'system'
  readonly workspaceId: string
  readonly id: null
}

export interface Context {
  readonly db: Database
  readonly clock: Clock
  readonly log: Logger
  readonly principal: Principal
  /** null outside a request. */
  readonly requestId: string | null
  readonly instance: Instance
}

/** What a handler of the sign-in page's endpoints receives: nobody need be signed in yet. */
export interface ConsoleContext extends Omit<Context, 'principal'> {
  readonly from: {
    readonly address: string
    /** Who is signed in already. */
    readonly session: { readonly id: string; readonly loginId: string } | null
  }
}

/** What stays the same for every request of the process. */
export interface Instance {
  /** Issuer of tokens and base of links, without a trailing slash. */
  readonly publicUrl: string
  /** The instance secret; use it only through `deriveKey`. */
  readonly secret: string
  readonly signer: Signer
  /** The public key that tokens with this `kid` are verified with; null for one that is not published. */
  publicKey(kid: string): KeyObject | null
  /** Under it identifiers are fingerprinted. */
  readonly fingerprintKey: Buffer
  /** Asks other services; only where the operator lets it. */
  readonly outgoing: Outgoing
  readonly issuerKeys: IssuerKeys
  /** Says that an event was committed and waits for its place. */
  wakeSealer(): void
}

/** Signs JWTs with the key in force. */
export interface Signer {
  /** Its `kid`. */
  keyInForce(): string
  sign(type: string, claims: object): Promise<string>
}

/** One version of a trusted issuer: where its keys come from. */
export interface KeySource {
  readonly workspaceId: string
  readonly id: string
  readonly version: number
  readonly jwksUri: string | null
  /** Pasted instead of published. */
  readonly jwks: object | null
}

/** The keys that trusted issuers sign with. */
export interface IssuerKeys {
  /** Throws the JOSE library's error when no key fits, `issuer_unavailable` when the issuer does not tell its keys. */
  find(source: KeySource, header: JWSHeaderParameters): Promise<CryptoKey>
}
