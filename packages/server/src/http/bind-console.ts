// Binds the sign-in page's operations to handlers: origin, cookie, rate, input, answer, in this order, for every operation alike.
import {
  consoleOperations,
  type ConsoleBody,
  type ConsoleOperation,
  type ConsoleOperations,
  type ConsoleOutput,
} from '@narthex/contract'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { ConsoleContext } from '../context.ts'
import { ApiError } from '../lib/api-error.ts'
import { momentOf } from '../lib/clock.ts'
import { findCaller } from './authenticate.ts'
import type { Bindings } from './bind.ts'
import { parseJson } from './parse-json.ts'
import { parseQuery } from './parse-query.ts'
import { isSameOrigin, sessionSecretOf, singleSignOnCookieOf } from './session-cookie.ts'
import { validator } from './validate.ts'

type ConsoleBindings = Pick<Bindings, 'db' | 'clock' | 'log' | 'instance' | 'credentials' | 'rates' | 'checkAnswers'>

export interface ConsoleInput<B> {
  readonly body: B
  /** As it was asked for, with its query. */
  readonly url: string
  /** What the browser kept while it was at the identity provider. */
  readonly kept: string | null
}

export interface ConsoleAnswer<T> {
  readonly body: T
  /** Values of `Set-Cookie`. */
  readonly cookies?: readonly string[]
  /** Where the browser goes instead of getting a body. */
  readonly redirect?: string
}

/** A handler for every operation of the contract: one that is missing does not compile. */
export type ConsoleHandlers = {
  readonly [I in keyof ConsoleOperations]: (
    ctx: ConsoleContext,
    input: ConsoleInput<ConsoleBody<ConsoleOperations[I]>>,
  ) => Promise<ConsoleAnswer<ConsoleOutput<ConsoleOperations[I]>>>
}

type AnyHandler = (ctx: ConsoleContext, input: ConsoleInput<unknown>) => Promise<ConsoleAnswer<unknown>>

const nothing = { type: 'object', properties: {}, additionalProperties: false }

export function bindConsole(app: FastifyInstance, bindings: ConsoleBindings, handlers: ConsoleHandlers): void {
  for (const id of Object.keys(consoleOperations) as (keyof ConsoleOperations)[]) {
    bindOperation(app, bindings, consoleOperations[id], handlers[id] as AnyHandler)
  }
}

function bindOperation(
  app: FastifyInstance,
  bindings: ConsoleBindings,
  operation: ConsoleOperation,
  handle: AnyHandler,
): void {
  const checkBody = validator(operation.body ?? nothing)
  const checkAnswer = bindings.checkAnswers && operation.output ? validator(operation.output) : null
  app.route({
    method: operation.method,
    url: operation.path,
    exposeHeadRoute: false,
    config: { operation: operation.id },
    onRequest: async (request) => {
      const changes = operation.method !== 'GET'
      if (changes && !isSameOrigin(request, bindings.instance.publicUrl)) throw new ApiError('cross_site')
    },
    handler: async (request, reply) => {
      const session = await sessionOf(bindings, request)
      if (operation.signedIn && !session) throw new ApiError('unauthorized', { message: 'Sign in first.' })
      const url = request.raw.url as string
      // An identity provider adds to the address whatever it likes.
      if (operation.output) parseQuery(nothing, url)
      const body = operation.body ? bodyOf(request) : undefined
      if (operation.body) checkBody(body)
      const { db, log, instance } = bindings
      const from = { address: request.ip, session }
      const ctx = { db, clock: momentOf(bindings.clock), log, instance, requestId: request.id, from }
      const answer = await handle(ctx, { body, url, kept: singleSignOnCookieOf(request, instance.publicUrl) })
      checkAnswer?.(answer.body)
      return send(reply, answer)
    },
  })
}

/** An address that shows no good cookie pays for the request, and one that does pays with it. */
async function sessionOf(
  { credentials, rates, instance }: ConsoleBindings,
  request: FastifyRequest,
): Promise<ConsoleContext['from']['session']> {
  const secret = sessionSecretOf(request, instance.publicUrl)
  const digest = secret === null ? null : credentials.digest(secret)
  const caller = await findCaller(credentials, digest, () => rates.takeForAddress(request.ip))
  if (caller?.kind !== 'member') return null
  await rates.takeForCredential(caller.id)
  return { id: caller.id, loginId: caller.loginId }
}

function bodyOf(request: FastifyRequest): unknown {
  const bytes = request.body as Buffer | undefined
  return bytes === undefined || bytes.length === 0 ? {} : parseJson(bytes)
}

function send(reply: FastifyReply, { body, cookies = [], redirect }: ConsoleAnswer<unknown>): FastifyReply {
  reply.header('cache-control', 'no-store')
  for (const cookie of cookies) reply.header('set-cookie', cookie)
  if (redirect !== undefined) return reply.redirect(redirect, 303)
  return reply.code(200).type('application/json; charset=utf-8').send(JSON.stringify(body))
}
