// The document's shared parts, and the contract's schemas in plain JSON Schema: titled ones become `components.schemas`.
import type { TSchema } from 'typebox'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export interface Book {
  /** The schema as it stands in the document; titled parts are noted in `schemas` and referenced. */
  readonly write: (schema: TSchema) => JsonObject
  readonly schemas: JsonObject
  /** Answers that several operations share, for `components.responses`. */
  readonly responses: JsonObject
}

export function openBook(): Book {
  const schemas: JsonObject = {}
  const write = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(write)
    if (value === null || typeof value !== 'object') return value
    const entries = Object.entries(readable(value))
    const schema = Object.fromEntries(
      entries.map(([key, member]) => [key, key === 'properties' ? each(member as JsonObject, write) : write(member)]),
    )
    return typeof schema['title'] === 'string' ? reference(schemas, schema['title'], schema) : schema
  }
  return { schemas, responses: {}, write: (schema) => write(JSON.parse(JSON.stringify(schema)) as Json) as JsonObject }
}

/** Property names are the contract's own words and never keywords of a schema. */
function each(properties: JsonObject, write: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, write(schema)]))
}

/** A place may say in words of its own what the value means there; everything else is one and the same. */
function reference(schemas: JsonObject, title: string, schema: JsonObject): JsonObject {
  const known = (schemas[title] ??= schema) as JsonObject
  const { description } = schema
  if (JSON.stringify({ ...known, description: null }) !== JSON.stringify({ ...schema, description: null })) {
    throw new Error(`Two different schemas have the title ${title}`)
  }
  const isOwn = description !== undefined && description !== known['description']
  return { $ref: `#/components/schemas/${title}`, ...(isOwn && { description }) }
}

/**
 * The same in the words that readers and generators know best: one enum of texts, typed; records and UUIDs without their
 * pattern; and a key that has a default is not required.
 */
function readable({ anyOf, patternProperties, ...schema }: JsonObject): JsonObject {
  if (Array.isArray(anyOf)) {
    const isEnum = anyOf.every((branch) => typeof (branch as JsonObject)['const'] === 'string')
    if (!isEnum) return { ...schema, type: typesOf(anyOf), anyOf }
    return { ...schema, type: 'string', enum: anyOf.map((branch) => (branch as JsonObject)['const'] as Json) }
  }
  if (schema['format'] === 'uuid') delete schema['pattern']
  if (patternProperties) return { ...schema, additionalProperties: true }
  if (Array.isArray(schema['enum'])) return { ...schema, type: 'string' }
  if (!Array.isArray(schema['required'])) return schema
  const { required: _, ...rest } = schema
  const keys = requiredKeys(schema)
  return keys.length > 0 ? { ...rest, required: keys } : rest
}

/** Beside the branches, which say it too: the reference knows a union of objects by it. */
function typesOf(branches: Json[]): Json {
  const types = [...new Set(branches.map((branch) => (branch as JsonObject)['type'] as string))]
  return types.length === 1 ? (types[0] as string) : types
}

/** What a caller must give: what is required and has no default. */
export function requiredKeys(schema: object): string[] {
  const { required = [], properties = {} } = schema as {
    required?: string[]
    properties?: Record<string, { default?: unknown }>
  }
  return required.filter((key) => properties[key]?.default === undefined)
}
