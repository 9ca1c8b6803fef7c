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

/**
 * ISO 8601 in UTC with milliseconds. Requests may name another offset, unless it leaves the years of four digits, which an
 * answer could not write; leap seconds name no moment that can be stored.
 */
export const Timestamp = Type.String({
  format: 'date-time',
  pattern:
    '^(?!9999-12-31T.*-|0000-01-01T.*\\+)\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]\\d{2}:\\d{2})$',
  description: 'ISO 8601 in UTC with milliseconds.',
  examples: ['2026-03-03T09:30:00.000Z'],
})

/** The same schema with a description of its own: what the value means in this place. */
export function Described<T extends TSchema>(schema: T, description: string): T {
  return { ...schema, description }
}

/** `null` beside the given type, as one JSON Schema type list, so that a wrong value yields one issue and not two. */
export function Nullable<T extends TSchema>(schema: T) {
  // The library's general type of a schema does not show the JSON Schema keywords that every plain value has.
  const { type } = schema as unknown as { type: string }
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [type, 'null'] })
}

/** A name people read: 3–50 Unicode code points after NFC. */
export const Name = Type.String({ minLength: 3, maxLength: 50, description: 'A name that people read.' })

/** The key of the same thing in the integrated system: 3–250 code points. */
export const ExternalId = Type.String({
  minLength: 3,
  maxLength: 250,
  description: 'External reference in the integrated system.',
})

/** A longer text people read: 3–250 code points. */
export const Description = Type.String({
  minLength: 3,
  maxLength: 250,
  description: 'What it is for, in words that people read.',
})

/** How long an access token lives: one minute to 24 hours. */
export const TokenLifetimeSeconds = Type.Integer({
  minimum: 60,
  maximum: 86_400,
  description: 'How long an access token lives, in seconds.',
})

/** Up to 100 UUIDs, given by repeating the key; their matches are OR-ed. 100 keeps the address within its 32 KiB. */
export const Ids = Type.Array(Id, {
  default: [],
  maxItems: 100,
  description: 'With any of these ids. Repeat the key for several values.',
})

/** Substring of the named texts; case and accents do not matter, `%` and `_` are themselves. */
export function SearchIn(texts: string) {
  return Type.String({
    minLength: 1,
    maxLength: 100,
    description: `Part of ${texts}; case and accents do not matter, \`%\` and \`_\` are themselves.`,
  })
}

/** The parameters every list takes. */
export const pageQuery = {
  pageNumber: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1_000_000_000, description: 'The page number, from 1; 1 when absent.' }),
  ),
  pageSize: Type.Integer({ minimum: 1, maximum: 100, default: 10, description: 'How many a page holds at most.' }),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1024,
      description: 'The place to go on from, as given in the `Link` header. Excludes `pageNumber`.',
    }),
  ),
  count: Type.Optional(
    Type.Union([Type.Literal('exact')], {
      description: '`exact` adds the header `Total-Count`: how many match on all pages together.',
    }),
  ),
}

/** What was done, where no resource is left to answer. */
export const Message = Type.Object(
  { message: Type.String({ description: 'What was done, in a sentence.' }) },
  { additionalProperties: false, title: 'Message', description: 'What was done, where no resource is left to answer.' },
)

/** The fields that every resource carries. */
export const resourceFields = {
  id: Described(Id, 'A UUID v4 string that identifies this resource; it never changes.'),
  createdAt: Described(Timestamp, 'When it was created. ISO 8601 in UTC with milliseconds.'),
  updatedAt: Described(Timestamp, 'When it last changed. ISO 8601 in UTC with milliseconds.'),
}

/** The workspace that a resource belongs to. */
export const WorkspaceId = Described(Id, 'The workspace that it belongs to: that of the API key.')

/** An object with exactly these keys: unknown ones are refused in requests and never sent in answers. */
export function Exactly<T extends Parameters<typeof Type.Object>[0]>(
  properties: T,
  title?: string,
  description?: string,
) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(title && { title }),
    ...(description && { description }),
  })
}
