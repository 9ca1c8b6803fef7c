// What calls take besides their input, and the shape of what they resolve to.

/** What every call takes. */
export interface CallOptions {
  /** Ends the call early; it then rejects with the signal's reason. Whether the service acted is unknown. */
  readonly signal?: AbortSignal | undefined
}

export interface CreateOptions extends CallOptions {
  /**
   * Makes a repetition of the same creation safe for 24 hours, also from another process. 1 to 255 visible ASCII characters.
   * When it is absent the client makes one for this call, so that its own repetitions are safe.
   */
  readonly idempotencyKey?: string | undefined
}

export interface GetOptions extends CallOptions {
  /** An `etag` from before: when it is still the current one, the result says so and carries no data. */
  readonly ifNoneMatch?: string | undefined
}

export interface ChangeOptions extends CallOptions {
  /** An `etag` from before: when it is no longer the current one, nothing changes and `precondition_failed` (412) is thrown. */
  readonly ifMatch?: string | undefined
}

/** Every call resolves to at least this. */
export interface Result<T> {
  readonly data: T
  /** What the service's log knows the request by. */
  readonly requestId: string
}

/** One resource as it stood when it was answered. */
export interface Versioned<T> extends Result<T> {
  readonly notModified: false
  /** Names this version, for `ifMatch` and `ifNoneMatch`. Empty if something between removed it; as `ifMatch` it then matches nothing. */
  readonly etag: string
}

/** What the caller has is still current. */
export interface NotModified extends Result<null> {
  readonly notModified: true
  readonly etag: string
}

/** `NotModified` is possible only for a call that gave `ifNoneMatch`. */
export type Got<T, O extends GetOptions> = 'ifNoneMatch' extends keyof O ? Versioned<T> | NotModified : Versioned<T>

/** One page of a list, newest first. */
export interface Page<T> extends Result<T[]> {
  /** Pass it as `cursor`, with the same filters, for the page after this one; null on the last. */
  readonly nextCursor: string | null
  /** How many match on all pages together; null unless the query said `count: 'exact'`. */
  readonly total: number | null
}

/** The query of a walk through a whole list: its filters, and with `pageSize` how many are fetched at a time (default 100). */
export type Walk<Q> = Omit<Q, 'pageNumber' | 'count'>
