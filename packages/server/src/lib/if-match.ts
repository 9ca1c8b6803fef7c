// Optimistic concurrency: the versions a caller admits, compared before its write.
import { ApiError } from './api-error.ts'

/** The versions that a caller admits; null when it named none, `*` when any will do. */
export type IfMatch = readonly number[] | '*' | null

/** Refuses when the resource is not at a version that the caller admits. */
export function requireMatch(ifMatch: IfMatch, version: number): void {
  if (ifMatch === null || ifMatch === '*' || ifMatch.includes(version)) return
  throw new ApiError('precondition_failed')
}

/** The same where a caller must name the version that its decision is meant for. */
export function requireNamedMatch(ifMatch: IfMatch, version: number): void {
  if (ifMatch === null) throw new ApiError('precondition_required')
  requireMatch(ifMatch, version)
}
