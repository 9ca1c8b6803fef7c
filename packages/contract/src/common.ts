// The building blocks that more than one resource uses: ids, times, nullable values, pages and filters.
import Type, { type Static, type TSchema } from 'typebox'

/** One place in the request and the rule it broke. `path` is dotted: `limits.0.max`, `pageSize`, `headers.if-match`. */
export interface Issue {
  readonly path: string
  readonly message: string
}

const uuidPattern = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$'

/** A UUID; those this service makes are version 4. */
export const Id = Type.String({
  format: 'uuid',
  pattern: uuidPattern,
  description: 'A UUID v4 string that identifies an entity.',
})

/** ISO 8601 in UTC with milliseconds. */
export const Timestamp = Type.String({
  format: 'date-time',
  description: 'ISO 8601 in UTC with milliseconds.',
  examples: ['2026-03-03T09:30:00.000Z'],
})

/** `null` beside the given type, as one JSON Schema type list, so that a wrong value yields one issue and not two. */
export function Nullable<T extends TSchema>(schema: T) {
  const { type } = schema as unknown as { type: string }
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [type, 'null'] })
}

/** A name people read: 3–50 Unicode code points after NFC. */
export const Name = Type.String({ minLength: 3, maxLength: 50 })

/** The key of the same thing in the integrated system: 3–250 code points. */
export const ExternalId = Type.String({
  minLength: 3,
  maxLength: 250,
  description: 'External reference in the integrated system.',
})

/** A longer text people read: 3–250 code points. */
export const Description = Type.String({ minLength: 3, maxLength: 250 })

/** How long an access token lives: one minute to 24 hours. */
export const TokenLifetimeSeconds = Type.Integer({ minimum: 60, maximum: 86_400 })

/** Up to 100 UUIDs, given by repeating the key; their matches are OR-ed. 100 keeps the address within its 32 KiB. */
export const Ids = Type.Array(Id, { default: [], maxItems: 100, description: 'Repeat the key for several values.' })

/** Substring of the searchable texts; case and accents do not matter, `%` and `_` are themselves. */
export const Search = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'Substring; case- and accent-insensitive. `%` and `_` are themselves.',
})

/** The parameters every list takes. */
export const pageQuery = {
  pageNumber: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'The page number, from 1. Default 1.' }),
  ),
  pageSize: Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'The page size.' }),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1024,
      description: 'The place to go on from, as given in the `Link` header. Excludes `pageNumber`.',
    }),
  ),
  count: Type.Optional(
    Type.Union([Type.Literal('exact')], { description: '`exact` adds the header `Total-Count`.' }),
  ),
}

/** What a deletion or erasure answers. */
export const Message = Type.Object({ message: Type.String() }, { additionalProperties: false, title: 'Message' })

/** The fields that every resource carries. */
export const resourceFields = {
  id: Id,
  createdAt: Timestamp,
  updatedAt: Timestamp,
}

/** An object with exactly these keys: unknown ones are refused in requests and never sent in answers. */
export function Exactly<T extends Parameters<typeof Type.Object>[0]>(properties: T, title?: string) {
  return Type.Object(properties, title ? { additionalProperties: false, title } : { additionalProperties: false })
}
