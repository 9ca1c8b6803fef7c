// packages/sdk/src/types.ts: the shapes on the wire as TypeScript, so that the SDK depends on nothing, not even for types.
// It knows only the schemas that the contract uses: references, objects, records, arrays, enums, constants and plain values,
// each of which may also be null or one of several. Anything else stops it, rather than becoming `unknown` unnoticed.

const heading = `// The shapes on the wire. Generated from the contract by \`npm run generate\`; do not edit.
// Longer than 300 lines: it is one list of all shapes, as it was generated.
`

/**
 * What callers of the SDK never hold: errors, which are its own class; the form and the metadata, which are between it or
 * stock OAuth clients and the service; and the query of the stream, which the verifier follows.
 */
const leftOut = new Set([
  'Error',
  'ReferralError',
  'ReferralErrorEntry',
  'OAuthError',
  'TokenForm',
  'AuthorizationServerMetadata',
  'StreamRevocationsQuery',
])

/** Takes the OpenAPI document; answers the text of the file. */
export function sdkTypes(document) {
  const { schemas } = document.components
  const requests = requestTitles(document)
  const declared = Object.keys(schemas)
    .filter((title) => !leftOut.has(title))
    .toSorted()
    .map((title) => declaration(title, schemas[title], requests.get(title)))
  const queries = operationsOf(document)
    .filter(({ parameters = [] }) => parameters.some((parameter) => parameter.in === 'query'))
    .filter((operation) => !leftOut.has(queryTitle(operation)))
    .map(queryType)
  return [heading, ...declared, ...queries].join('\n')
}

function operationsOf(document) {
  return Object.values(document.paths).flatMap((path) => Object.values(path))
}

/** The bodies that callers hand in, each with the first operation that takes it. */
function requestTitles(document) {
  const taking = operationsOf(document).filter(({ requestBody }) => requestBody)
  return new Map(
    taking
      .toReversed()
      .map(({ operationId, requestBody }) => [titleOf(Object.values(requestBody.content)[0].schema), operationId]),
  )
}

function titleOf({ $ref }) {
  return $ref.slice('#/components/schemas/'.length)
}

/** What callers hand in may be read-only; what they get is theirs. */
function declaration(title, schema, takenBy) {
  const about = takenBy === undefined ? comment(schema, '') : `/** What \`${takenBy}\` takes. */\n`
  const isRequest = takenBy !== undefined
  if (schema.anyOf) return `${about}export type ${title} = ${typeOf(schema, isRequest)}\n`
  if (schema.enum) return `${about}export type ${title} =${schema.enum.map((value) => `\n  | '${value}'`).join('')}\n`
  return `${about}export interface ${title} ${members(schema, isRequest, '')}\n`
}

/** The members of an object in braces; `indent` is that of the line they begin on. */
function members({ properties, required = [] }, isRequest, indent) {
  const inner = `${indent}  `
  const lines = Object.entries(properties).map(([name, property]) => {
    const optional = !required.includes(name)
    return member(name, property, { optional, type: typeOf(property, isRequest, inner), indent: inner })
  })
  return `{\n${lines.join('')}${indent}}`
}

/** `externalUsers.list` → `ListExternalUsersQuery`. */
function queryTitle({ operationId }) {
  const [resource, verb] = operationId.split('.').map((word) => word[0].toUpperCase() + word.slice(1))
  return `${verb}${resource}Query`
}

/** A filter with several values takes a single one too. */
function queryType({ operationId, summary, parameters }) {
  const members = parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, description, schema, required }) => {
      const type =
        schema.type === 'array' ? `${typeOf(schema, true)} | ${typeOf(schema.items, true)}` : typeOf(schema, true)
      return member(name, { ...schema, description }, { optional: !required, type })
    })
  const about = operationId.endsWith('.list')
    ? `${summary}: which ones, and how many.`
    : `The query of \`${operationId}\`.`
  return `/** ${about} */\nexport interface ${queryTitle({ operationId })} {\n${members.join('')}}\n`
}

function member(name, schema, { optional, type, indent = '  ' }) {
  return `${comment(schema, indent)}${indent}${name}${optional ? '?' : ''}: ${type}${optional ? ' | undefined' : ''}\n`
}

function typeOf(schema, isRequest, indent = '  ') {
  if (schema.$ref) return titleOf(schema)
  if (schema.enum) return schema.enum.map((value) => `'${value}'`).join(' | ')
  if (schema.anyOf) return schema.anyOf.map((branch) => typeOf(branch, isRequest)).join(' | ')
  if (schema.const !== undefined) return schema.type === 'string' ? `'${schema.const}'` : String(schema.const)
  return [schema.type]
    .flat()
    .map((type) => plainType(type, schema, isRequest, indent))
    .join(' | ')
}

function plainType(type, schema, isRequest, indent) {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type
    case 'integer':
      return 'number'
    case 'array':
      return `${isRequest ? 'readonly ' : ''}${grouped(typeOf(schema.items, isRequest))}[]`
    case 'object':
      if (schema.additionalProperties === true) return 'Record<string, unknown>'
      if (schema.properties) return members(schema, isRequest, indent)
  }
  throw new Error(`No TypeScript type is known for ${JSON.stringify(schema)}`)
}

function grouped(type) {
  return type.includes('|') ? `(${type})` : type
}

/** The description and the bounds, which a type cannot tell. */
function comment(schema, indent) {
  const text = [schema.description, bounds(schema)].filter(Boolean).join(' ')
  return text === '' ? '' : `${indent}/** ${text.replaceAll('*/', '*\\/')} */\n`
}

function bounds({ type, minLength, maxLength, minimum, maximum, minItems, maxItems, default: value }) {
  const texts = [
    minLength !== undefined && `${range(minLength, maxLength)} characters.`,
    minimum !== undefined && `${range(minimum, maximum)}.`,
    maxItems !== undefined && `${minItems === undefined ? `At most ${maxItems}` : range(minItems, maxItems)} values.`,
    value !== undefined && type !== 'array' && `Default: ${value}.`,
  ]
  return texts.filter(Boolean).join(' ')
}

function range(from, to) {
  return to === undefined ? `At least ${from}` : `${from} to ${to}`
}
