// What is known to be ended: filled from verified statements only, asked for every token.
import type { Statement } from './revocation-statement.ts'

/** The claims of a token that decide whether it was ended. */
export interface Endable {
  readonly jti: string
  readonly sub: string
  readonly client_id: string
  readonly channel_id: string
  readonly super_identity_id: string
  readonly cut_off: number
}

const reaches = ['sub', 'person', 'channel', 'client'] as const

export class RevocationList {
  readonly workspaceId: string
  /** No entry up to this number is missing. */
  cursor: number
  issuedAt: number
  /** Seconds since 1970; beyond it nobody vouches for the list. */
  expiresAt: number
  readonly #cutOffs = new Map<string, number>()
  readonly #tokens = new Set<string>()

  /** From a statement of the whole. */
  constructor(whole: Statement) {
    this.workspaceId = whole.workspaceId
    this.cursor = whole.cursor
    this.issuedAt = whole.issuedAt
    this.expiresAt = whole.expiresAt
    this.#take(whole)
  }

  get size(): number {
    return this.#cutOffs.size + this.#tokens.size
  }

  /** False when the statement does not go on from here: entries between would be missing. */
  extend(delta: Statement): boolean {
    if (delta.since === null || delta.since > this.cursor) return false
    this.#take(delta)
    this.cursor = Math.max(this.cursor, delta.cursor)
    this.issuedAt = Math.max(this.issuedAt, delta.issuedAt)
    this.expiresAt = Math.max(this.expiresAt, delta.expiresAt)
    return true
  }

  /**
   * Whether this list is to take the place of another. A lower cursor is an old statement shown again, unless it was made
   * later: then the issuer was restored from a backup.
   */
  supersedes(other: RevocationList | null): boolean {
    return other === null || this.cursor >= other.cursor || this.issuedAt > other.issuedAt
  }

  ends(token: Endable): boolean {
    if (this.#tokens.has(token.jti)) return true
    const subjects = {
      sub: token.sub,
      person: token.super_identity_id,
      channel: token.channel_id,
      client: token.client_id,
    }
    return reaches.some((reach) => (this.#cutOffs.get(`${reach} ${subjects[reach]}`) ?? 0) > token.cut_off)
  }

  #take({ cutOffs, tokens }: Statement): void {
    for (const { reach, id, before } of cutOffs) {
      const subject = `${reach} ${id}`
      this.#cutOffs.set(subject, Math.max(before, this.#cutOffs.get(subject) ?? 0))
    }
    for (const jti of tokens) this.#tokens.add(jti)
  }
}
