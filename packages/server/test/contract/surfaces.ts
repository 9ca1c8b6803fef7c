// What the suites must know of a surface: where it is, and how its errors read. Everything else they take from the contract.
import {
  errorCodes,
  referralErrorOf,
  type ErrorCode,
  type Issue,
  type Operation,
  type Surface,
} from '@narthex/contract'
import { expect } from 'vitest'
import type { Reply } from '../client.ts'

/** What an error tells, whatever its body looks like. */
export interface Told {
  /** Of the contract's table; the body's own word where the body leaves open which one is meant. */
  readonly code: string
  readonly message: string
  readonly requestId: string
  /** The places that are wrong, with `invalid_request`. */
  readonly issues: readonly Issue[]
}

interface Face {
  /** What the test client puts before a path. */
  readonly prefix: string
  /** null: the body is no error of this surface. */
  told(reply: Reply): Told | null
  /** That the body holds what the surface promises and nothing else. */
  requireForm(reply: Reply): void
}

const faces: Readonly<Record<Surface, Face>> = {
  workspace: {
    prefix: '',
    told({ body }) {
      if (typeof body?.code !== 'string') return null
      const { code, message, requestId, issues = [] } = body
      return { code, message, requestId, issues }
    },
    requireForm({ body }) {
      const { issues, ...rest } = body
      expect(Object.keys(rest).toSorted()).toEqual(['code', 'message', 'name', 'requestId'])
      if (body.code === 'invalid_request') expect(issues).not.toHaveLength(0)
      else expect(issues).toBeUndefined()
    },
  },
  referral: {
    prefix: 'referral:',
    told({ body }) {
      const first = body?.errors?.[0]
      if (first === undefined) return null
      const { code, message, logref } = first
      return { code: codeBehind(code, message), message, requestId: logref, issues: body.errors.flatMap(issueOf) }
    },
    requireForm({ body, headers }) {
      expect(Object.keys(body)).toEqual(['errors'])
      for (const { messageParameters = {}, ...rest } of body.errors) {
        expect(Object.keys(rest).toSorted()).toEqual(['code', 'logref', 'message'])
        expect(rest.logref).toBe(headers.get('x-request-id'))
        for (const value of Object.values(messageParameters)) expect(value).toBeTypeOf('string')
      }
    },
  },
}

const wordsOfInvalid = /^narthex\.referral\.(invalid|missing)(Parameter|RequestBodyProperty)$/

/** Sentences that say more than the table's. */
const tellingSentences: readonly (readonly [RegExp, ErrorCode])[] = [
  [/ lacks the scope /, 'scope_missing'],
  [/^The referral does not go from | is not withdrawn\.$/, 'transition_forbidden'],
]

/** One word stands for several codes; their sentences tell them apart. */
function codeBehind(word: string, message: string): string {
  if (wordsOfInvalid.test(word)) return 'invalid_request'
  const telling = tellingSentences.find(([pattern]) => pattern.test(message))
  if (telling) return telling[1]
  const codes = (Object.keys(errorCodes) as ErrorCode[]).filter((code) => referralErrorOf(code) === word)
  return codes.find((code) => errorCodes[code][1] === message) ?? (codes.length === 1 ? (codes[0] as string) : word)
}

interface Entry {
  readonly message: string
  readonly messageParameters?: { readonly parameter?: string; readonly property?: string }
}

function issueOf({ message, messageParameters = {} }: Entry): Issue[] {
  const path = messageParameters.parameter ?? messageParameters.property
  return path === undefined ? [] : [{ path, message: message.slice(path.length + 1, -1) }]
}

/** A path of the operation as the test client takes it. */
export function addressOf({ surface }: Pick<Operation, 'surface'>, path: string): string {
  return faces[surface].prefix + path
}

/** null where the answer is no error in the form of the surface. */
export function toldBy({ surface }: Pick<Operation, 'surface'>, reply: Reply): Told | null {
  return faces[surface].told(reply)
}

function surfaceOf({ body }: Reply): Surface {
  return typeof body === 'object' && body !== null && 'errors' in body ? 'referral' : 'workspace'
}

/** Of whichever surface the form is; that each answers in its own is seen by `Observed`. */
export function told(reply: Reply): Told {
  return faces[surfaceOf(reply)].told(reply) ?? { code: String(reply.status), message: '', requestId: '', issues: [] }
}

export function requireForm(reply: Reply): void {
  faces[surfaceOf(reply)].requireForm(reply)
}

/** What an operation answers with when it did what it was asked for. */
export function successOf({ status }: Operation): number {
  return status ?? 200
}
