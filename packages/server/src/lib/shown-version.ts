// The version of a resource of the Referral API.
import { sha256 } from './encryption.ts'

/** The own version, which `If-Match` compares, and a digest of what is shown beside it: `7.dQ8x2bYlZc0a`. */
export function versionOf(version: number, shown: object): string {
  return `${version}.${sha256(JSON.stringify(shown)).slice(0, 12)}`
}
