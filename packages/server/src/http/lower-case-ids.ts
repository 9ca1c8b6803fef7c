// UUIDs are compared without regard to case (RFC 9562 section 4); stored and shown they are lower case.
import type { TSchema } from 'typebox'

interface Member {
  readonly format?: string
  readonly items?: Member
}

/** Returns a function that lowers the ids among the members of a valid query or body, in place. */
export function lowerCaseIds(schema: TSchema | undefined): (value: unknown) => void {
  const { properties = {} } = (schema ?? {}) as { properties?: Record<string, Member> }
  const keys = Object.keys(properties).filter((key) => isId(properties[key]) || isId(properties[key]?.items))
  return (value) => {
    const members = value as Record<string, unknown>
    for (const key of keys) if (members[key]) members[key] = lowered(members[key])
  }
}

function isId(member: Member | undefined): boolean {
  return member?.format === 'uuid'
}

function lowered(value: unknown): unknown {
  if (typeof value === 'string') return value.toLowerCase()
  return Array.isArray(value) ? value.map(lowered) : value
}
