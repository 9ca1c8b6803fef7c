import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import {
  basePaths,
  errorCodes,
  errorsOf,
  oauthErrorCodes,
  oauthErrorsOf,
  oauthOperations,
  openapi,
  operations,
  organizationFields,
  parseFilter,
  referralErrorOf,
  referralFields,
  userListFields,
  type ErrorCode,
  type OAuthOperation,
  type Operation,
} from './index.ts'
import { openBook } from './openapi/schemas.ts'

const document = openapi('https://id.example.com') as any
const at = (operation: Operation) =>
  document.paths[basePaths[operation.surface] + operation.path][operation.method.toLowerCase()]
const resolved = (part: any) =>
  part.$ref
    ? part.$ref
        .slice(2)
        .split('/')
        .reduce((node: any, key: string) => node[key], document)
    : part
const named = (operation: Operation, place: string) =>
  (at(operation).parameters ?? []).map(resolved).filter((parameter: any) => parameter.in === place)
const all: [string, Operation][] = Object.entries(operations)

const codes = Object.keys(errorCodes) as ErrorCode[]
/** Whether a description holds the sentence of a refusal and the word of the Referral API for it. */
const saysOf = (description: string, code: ErrorCode) =>
  description.includes(errorCodes[code][1]) && description.includes(`\`${referralErrorOf(code)}\``)

const endpoints: [string, OAuthOperation][] = Object.entries(oauthOperations)

describe('the OAuth endpoints in the document', () => {
  const endpoint = ({ path, method }: OAuthOperation) => document.paths[path][method.toLowerCase()]

  it.each(endpoints)('describe %s: id, words, scope and form', (id, operation) => {
    const entry = endpoint(operation)
    expect(entry).toMatchObject({ operationId: id, summary: operation.summary, tags: ['OAuth'] })
    expect(entry['x-scope'] ?? null).toBe(operation.scope)
    const form = entry.requestBody?.content['application/x-www-form-urlencoded'].schema
    const fields = Object.keys((operation.form as any)?.properties ?? {})
    expect(Object.keys(form ? resolved(form).properties : {})).toEqual(fields)
    expect(Object.keys(entry.responses[200].content ?? {})).toEqual(operation.output ? ['application/json'] : [])
  })

  it.each(endpoints)('say for %s who may call and how', (_id, operation) => {
    const schemes = endpoint(operation).security.map((requirement: object) => Object.keys(requirement))
    expect(schemes).toEqual(operation.scope === null ? [] : [['bearer'], ['client'], []])
    expect(document.components.securitySchemes.client).toMatchObject({ type: 'http', scheme: 'basic' })
  })

  it.each(endpoints.filter(([, { scope }]) => scope !== null))(
    'list for %s exactly the errors it may answer, in the words and under the statuses of the RFCs',
    (_id, operation) => {
      const { default: other, ...answers } = endpoint(operation).responses
      const listed = Object.entries(answers).flatMap(([status, answer]) => {
        const schema = resolved(answer).content?.['application/json'].schema
        return (schema?.allOf?.[1].properties.error.enum ?? []).map((error: string) => `${status} ${error}`)
      })
      expect(listed.toSorted()).toEqual(
        oauthErrorsOf(operation)
          .map((error) => `${oauthErrorCodes[error][0]} ${error}`)
          .toSorted(),
      )
      expect(resolved(other).content['application/json'].schema).toEqual({ $ref: '#/components/schemas/OAuthError' })
    },
  )
})

describe('the OpenAPI document', () => {
  it('depends on nothing but the public address, which it names as its only server', () => {
    const other = openapi('http://127.0.0.1:8080') as any
    expect(document.servers.map((server: any) => server.url)).toEqual(['https://id.example.com'])
    expect({ ...other, servers: document.servers }).toEqual(document)
  })

  it('names the version of the package', async () => {
    const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
    expect(document.info.version).toBe(JSON.parse(text).version)
  })

  it.each(all)('describes %s: scope, tag, words, id, query and body', (id, operation) => {
    const entry = at(operation)
    expect(entry).toMatchObject({ operationId: id, summary: operation.summary })
    expect(entry['x-scope'] ?? null).toBe(operation.scope)
    if (operation.scope !== null) expect(entry.description).toContain(`\`${operation.scope}\``)
    expect(entry.description).toMatch(/[.)]$/)
    expect(document.tags.map((tag: any) => tag.name)).toContain(entry.tags[0])
    expect(named(operation, 'path').map((p: any) => p.name)).toEqual(operation.path.includes('{id}') ? ['id'] : [])
    const query = Object.keys((operation.query as any)?.properties ?? {})
    expect(named(operation, 'query').map((p: any) => p.name)).toEqual(query)
    expect(entry.requestBody !== undefined).toBe(operation.body !== undefined)
  })

  it.each(all)('shows for %s which header fields it takes and gives', (_id, operation) => {
    const { method, status = 200, versioned, creates, list, media } = operation
    const changes = method === 'PATCH' || method === 'DELETE'
    expect(named(operation, 'header').map((p: any) => p.name)).toEqual([
      ...(versioned && method === 'GET' ? ['If-None-Match'] : []),
      ...(versioned && changes ? ['If-Match'] : []),
      ...(creates ? ['Idempotency-Key'] : []),
      ...(media === 'text/event-stream' ? ['Last-Event-ID'] : []),
    ])
    const required = named(operation, 'header').filter((p: any) => p.required)
    expect(required.map((p: any) => p.name)).toEqual(operation.guarded ? ['If-Match'] : [])
    expect(Object.keys(at(operation).responses[status].headers)).toEqual([
      'x-request-id',
      ...(versioned && method !== 'DELETE' ? ['ETag'] : []),
      ...(status === 201 ? ['Location'] : []),
      ...(list ? ['Link', 'Total-Count'] : []),
    ])
    expect(Object.hasOwn(at(operation).responses, '304')).toBe(versioned === true && method === 'GET')
  })

  it.each(all.filter(([, { surface }]) => surface === 'referral'))(
    'tells for %s exactly the refusals it may answer, each under its status and in the words of its API',
    (_id, operation) => {
      const { default: other, ...answers } = at(operation).responses
      const refusals = Object.entries(answers).filter(([status]) => Number(status) >= 400)
      const told = refusals.flatMap(([status, answer]) => {
        const { description, content } = resolved(answer)
        expect(content['application/json'].schema).toEqual({ $ref: '#/components/schemas/ReferralError' })
        return codes.filter((code) => saysOf(description, code)).map((code) => `${status} ${code}`)
      })
      expect(told.toSorted()).toEqual(
        errorsOf(operation)
          .map((code) => `${errorCodes[code][0]} ${code}`)
          .toSorted(),
      )
      expect(resolved(other).content['application/json'].schema).toEqual({ $ref: '#/components/schemas/ReferralError' })
    },
  )

  it.each(all.filter(([, { surface }]) => surface === 'workspace'))(
    'lists for %s exactly the codes it may answer, each under its status',
    (_id, operation) => {
      const listed = Object.entries(at(operation).responses).flatMap(([status, response]) => {
        const schema = resolved(response).content?.['application/json']?.schema
        return (schema?.allOf?.[1].properties.code.enum ?? []).map((code: string) => `${status} ${code}`)
      })
      expect(listed.sort()).toEqual(
        errorsOf(operation)
          .map((code) => `${errorCodes[code][0]} ${code}`)
          .toSorted(),
      )
    },
  )

  it.each(all)('names for %s the media type of its answer and the credential it takes', (_id, operation) => {
    const { media = 'application/json', status = 200, credential } = operation
    expect(Object.keys(at(operation).responses[status].content ?? {})).toEqual(status === 204 ? [] : [media])
    const security = at(operation).security ?? document.security
    const schemes = {
      'access-token': ['accessToken'],
      member: ['memberToken'],
      none: ['apiKey', 'bearer', 'memberToken'],
    }
    expect(security).toEqual(schemes[credential ?? 'none'].map((scheme) => ({ [scheme]: [] })))
    expect(at(operation)['x-roles']).toEqual(operation.roles)
  })

  it('describes the filters of the Referral API by examples that it reads, and names the fields of each list', () => {
    const rows = document.info.description.split('## Filters')[1].split('\n')
    const examples = rows.flatMap((row: string) => [...row.matchAll(/`(\{[^`]*\})`/g)].map(([, text]) => text))
    expect(examples.length).toBeGreaterThan(8)
    for (const text of examples)
      expect([text, parseFilter(text, referralFields)]).toEqual([text, { condition: expect.anything() }])
    const lists = { referrals: referralFields, organizations: organizationFields, users: userListFields }
    for (const [resource, fields] of Object.entries(lists)) {
      const { description } = at(operations[`${resource}.list` as keyof typeof operations])
      for (const field of Object.keys(fields)) expect(description).toContain(`\`${field}\``)
    }
  })

  it('repeats the key of a filter that takes several values and requires none but the organization', () => {
    for (const [, operation] of all) {
      for (const { name, required, schema, style, explode } of named(operation, 'query')) {
        expect(required).toBe(name === 'organizationId')
        if (schema.type === 'array')
          expect({ style, explode, default: schema.default }).toEqual({ style: 'form', explode: true, default: [] })
      }
    }
  })

  it('explains every field, parameter and answer', () => {
    const silent: string[] = []
    const look = (part: any, path: string): void => {
      if (part === null || typeof part !== 'object') return
      for (const [name, field] of Object.entries<any>(part.properties ?? {})) {
        if (!path.includes('/allOf/') && !resolved(field).description) silent.push(`${path}.${name}`)
      }
      for (const parameter of part.parameters?.length ? part.parameters : []) {
        if (!resolved(parameter).description) silent.push(`${path} ${parameter.name}`)
      }
      for (const [key, member] of Object.entries(part)) look(member, `${path}/${key}`)
    }
    look(document, '')
    expect(silent).toEqual([])
  })

  it('gives an example of every refusal that matches its own schema', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema(document, 'document')
    for (const [name, response] of Object.entries<any>(document.components.responses)) {
      const pointer = `document#/components/responses/${name}/content/application~1json/schema`
      expect(ajv.validate(pointer, response.content['application/json'].example), name).toBe(true)
    }
  })

  it('lets a body be left out when it requires nothing, and a key that has a default', () => {
    const body = (id: keyof typeof operations) => at(operations[id]).requestBody
    expect(body('apiKeys.rotate').required).toBe(false)
    expect(resolved(body('apiKeys.rotate').content['application/json'].schema).required).toBeUndefined()
    expect(body('tiers.create').required).toBe(true)
    expect(resolved(body('tiers.create').content['application/json'].schema).required).toEqual(['name'])
  })

  it('shows what may also be null beside an object, and which one of several it is', () => {
    const { Block, TokenState } = document.components.schemas
    expect(Block.properties.liftedBy).toMatchObject({
      type: ['object', 'null'],
      anyOf: [{ $ref: '#/components/schemas/Actor' }, { type: 'null' }],
    })
    expect(TokenState.anyOf.map(resolved).map(({ properties }: any) => properties.active.const)).toEqual([true, false])
  })

  it('lets a place say in its own words what a schema of one title means there', () => {
    const book = openBook()
    const colour = { title: 'Colour', description: 'A colour.' }
    expect(book.write(Type.String(colour))).toEqual({ $ref: '#/components/schemas/Colour' })
    const wall = { $ref: '#/components/schemas/Colour', description: 'Of the wall.' }
    expect(book.write(Type.String({ ...colour, description: 'Of the wall.' }))).toEqual(wall)
    expect(book.schemas['Colour']).toMatchObject({ description: 'A colour.' })
  })

  it('refuses two different schemas of one title', () => {
    const book = openBook()
    book.write(Type.String({ title: 'Colour' }))
    expect(() => book.write(Type.Integer({ title: 'Colour' }))).toThrow('Colour')
  })

  it("passes Redocly's recommended rules without an error or a warning", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'narthex-openapi-'))
    const file = join(folder, 'openapi.json')
    await writeFile(file, JSON.stringify(openapi('http://127.0.0.1:8080')))
    const cli = join(createRequire(import.meta.url).resolve('@redocly/cli/package.json'), '../bin/cli.js')
    const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    const command = [cli, 'lint', '--extends', 'recommended', '--format', 'json', file]
    const { stdout } = await promisify(execFile)(process.execPath, command, {
      cwd: folder,
      env: { ...process.env, ...quiet },
    })
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0 } })
    await rm(folder, { recursive: true })
  })
})
