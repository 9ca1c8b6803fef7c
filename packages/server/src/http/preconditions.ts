// Entity tags (RFC 9110 sections 8.8 and 13): `"<version>"`, or `"<version>.<digest>"` where time alone changes what is shown.
import { sha256 } from '../lib/encryption.ts'
import type { IfMatch } from '../lib/if-match.ts'

const tagPattern = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g
/** Longer lists are not read: nobody holds so many versions of one thing. */
const tagsMax = 100

export function entityTag(version: number, shown: string | undefined): string {
  return shown === undefined ? `"${version}"` : `"${version}.${sha256(shown).slice(0, 12)}"`
}

/** Compares only the version: what time changes is not the caller's to guard. A weak or unquoted tag matches nothing. */
export function parseIfMatch(header: string | undefined): IfMatch {
  if (header === undefined) return null
  if (header.trim() === '*') return '*'
  return tags(header)
    .filter(({ weak }) => !weak)
    .flatMap(({ text }) => {
      const version = /^(\d{1,15})(?:\.[\w-]+)?$/.exec(text)?.[1]
      return version === undefined ? [] : [Number(version)]
    })
}

/** Whether the answer has what the caller has: weak comparison. */
export function noneMatch(header: string | undefined, tag: string): boolean {
  if (header === undefined) return true
  if (header.trim() === '*') return false
  return !tags(header).some(({ text }) => `"${text}"` === tag)
}

function tags(header: string): { weak: boolean; text: string }[] {
  return [...header.matchAll(tagPattern)]
    .slice(0, tagsMax)
    .map(([, weak, text]) => ({ weak: weak !== undefined, text: text as string }))
}
