// Binds the OAuth operations to handlers: client, rate, scope, form, answer, in this order, for every operation alike.
import {
  oauthOperations,
  type OAuthForm,
  type OAuthOperation,
  type OAuthOperations,
  type OAuthOutput,
} from '@narthex/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiKeyPrincipal, Context } from '../context.ts'
import { invalid } from '../lib/api-error.ts'
import { momentOf } from '../lib/clock.ts'
import { OAuthError } from '../lib/oauth-error.ts'
import type { Answer } from './answer.ts'
import { findCaller } from './authenticate.ts'
import type { Bindings } from './bind.ts'
import {
  credentialsOfHeader,
  invalidClient,
  isSameId,
  requireCredentials,
  scopeMissing,
  type ClientCredentials,
} from './client-credentials.ts'
import { parseForm, type Form } from './parse-form.ts'
import { validator } from './validate.ts'

/** What a request draws on here. */
type OAuthBindings = Pick<Bindings, 'db' | 'clock' | 'log' | 'instance' | 'credentials' | 'rates' | 'checkAnswers'>

/** The operations that a client calls; metadata is a page for everybody. */
type ClientOperationId = Exclude<keyof OAuthOperations, 'oauth.metadata'>

export type OAuthHandlers = {
  readonly [I in ClientOperationId]: (
    ctx: Context,
    form: OAuthForm<OAuthOperations[I]>,
  ) => Promise<Answer<OAuthOutput<OAuthOperations[I]>>>
} & { readonly 'oauth.metadata': (publicUrl: string) => OAuthOutput<OAuthOperations['oauth.metadata']> }

type AnyHandler = (ctx: Context, form: unknown) => Promise<Answer<unknown>>

const formType = /^application\/x-www-form-urlencoded(\s*;\s*charset="?utf-8"?)?\s*$/i

/** In a scope of its own: only here bodies are forms. */
export function bindOAuth(app: FastifyInstance, bindings: OAuthBindings, handlers: OAuthHandlers): void {
  const { 'oauth.metadata': metadata, ...clientHandlers } = handlers
  bindMetadata(app, bindings, metadata)
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(formType, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    for (const id of Object.keys(clientHandlers) as ClientOperationId[]) {
      bindOperation(scope, bindings, oauthOperations[id], clientHandlers[id] as AnyHandler)
    }
  })
}

/** RFC 8414 section 3.1: the path of the issuer, if it has one, comes last. Proxies that cut it off ask for the bare address. */
function bindMetadata(
  app: FastifyInstance,
  { instance }: OAuthBindings,
  metadata: OAuthHandlers['oauth.metadata'],
): void {
  const { path, id } = oauthOperations['oauth.metadata']
  const config = { operation: id }
  const show = (reply: FastifyReply) =>
    reply.header('cache-control', 'public, max-age=300').send(metadata(instance.publicUrl))
  app.get(path, { config }, (_request, reply) => show(reply))
  app.get(`${path}/*`, { config }, (request, reply) => {
    const { pathname } = new URL(instance.publicUrl)
    return (request.raw.url as string).split('?')[0] === path + pathname ? show(reply) : reply.callNotFound()
  })
}

function bindOperation(
  app: FastifyInstance,
  bindings: OAuthBindings,
  operation: OAuthOperation,
  handle: AnyHandler,
): void {
  const read = formReader(operation)
  const checkAnswer = bindings.checkAnswers && operation.output ? validator(operation.output) : null
  app.route({
    method: operation.method,
    url: operation.path,
    config: { operation: operation.id },
    handler: async (request, reply) => {
      const { principal, form } = await admitClient(bindings, operation, request)
      const { db, log, instance } = bindings
      const clock = momentOf(bindings.clock)
      const answer = await handle({ db, clock, log, instance, principal, requestId: request.id }, read(form))
      checkAnswer?.(answer.body)
      reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' }).code(200)
      const json = answer.json ?? (answer.body === null ? undefined : JSON.stringify(answer.body))
      return json === undefined ? reply.send() : reply.type('application/json; charset=utf-8').send(json)
    },
  })
}

/** A header is judged before the form is read; credentials in the form need it read first. */
async function admitClient(bindings: OAuthBindings, operation: OAuthOperation, request: FastifyRequest) {
  const atOwnExpense = <T>(read: () => T) => countingFaults(bindings, request, read)
  const inHeader = await atOwnExpense(() => credentialsOfHeader(request.headers.authorization))
  const early = inHeader && (await identify(bindings, request, inHeader))
  const read = () => {
    const form = parseForm((request.body as Buffer | undefined) ?? Buffer.alloc(0), operation.form as object)
    return { form, credentials: requireCredentials(inHeader, form) }
  }
  const { form, credentials } = early ? read() : await atOwnExpense(read)
  const principal = early ?? (await identify(bindings, request, credentials))
  if (credentials.clientId !== null && !isSameId(credentials.clientId, principal.id)) {
    await bindings.rates.takeForAddress(request.ip)
    throw invalidClient(credentials.method)
  }
  if (operation.scope !== null && !principal.scopes.has(operation.scope)) {
    throw scopeMissing(credentials.method, operation.scope)
  }
  return { principal, form }
}

/** Faults of somebody who is not known yet are counted for the address. */
async function countingFaults<T>({ rates }: OAuthBindings, request: FastifyRequest, read: () => T): Promise<T> {
  try {
    return read()
  } catch (error) {
    await rates.takeForAddress(request.ip)
    throw error
  }
}

async function identify(
  { credentials, rates }: OAuthBindings,
  request: FastifyRequest,
  shown: ClientCredentials,
): Promise<ApiKeyPrincipal> {
  const caller = await findCaller(credentials, credentials.digest(shown.secret), () => rates.takeForAddress(request.ip))
  // A member is no client: its token opens the API and nothing here.
  if (caller?.kind !== 'api_key') throw invalidClient(shown.method)
  await rates.takeForCredential(caller.id)
  return caller
}

/** The grant type is judged first: what else is required depends on it. */
function formReader(operation: OAuthOperation) {
  const check = validator(operation.form as object)
  const { properties } = operation.form as unknown as { properties: Record<string, { const?: string }> }
  const grant = properties['grant_type']?.const
  return (form: Form): unknown => {
    const given = form['grant_type']
    if (grant !== undefined && given !== undefined && given !== grant) throw new OAuthError('unsupported_grant_type')
    for (const [name, value] of Object.entries(form)) {
      // RFC 6749 appendix A: nothing that these endpoints take has other characters.
      if (/[^\x20-\x7e]/.test(String(value))) throw invalid(name, 'must be printable ASCII')
    }
    check(form)
    return form
  }
}
