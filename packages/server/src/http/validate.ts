// Values against the contract: compiled once, answered as places and rules people can act on.
import type { Issue } from '@narthex/contract'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { ApiError } from '../lib/api-error.ts'

/** A request with more faults than this is not a mistake; the rest of the list would help nobody. */
const issuesMax = 20

interface Fault {
  readonly keyword: string
  readonly instancePath: string
  readonly params: Record<string, unknown>
  readonly message: string
}

/** Returns a function that throws `invalid_request` unless its argument fits the schema. */
export function validator(schema: TSchema): (value: unknown) => void {
  // Compiled when first used: most processes serve few of the operations, and a start need not wait for the others.
  let compiled: ReturnType<typeof Compile> | undefined
  return (value) => {
    compiled ??= Compile(schema)
    if (compiled.Check(value)) return
    throw new ApiError('invalid_request', { issues: issuesOf(compiled.Errors(value) as Iterable<Fault>) })
  }
}

function issuesOf(faults: Iterable<Fault>): Issue[] {
  const issues = new Map<string, Issue>()
  for (const fault of faults) {
    for (const issue of issuesOfOne(fault)) {
      if (!issues.has(issue.path) && issues.size < issuesMax) issues.set(issue.path, issue)
    }
  }
  return [...issues.values()]
}

function issuesOfOne({ keyword, instancePath, params, message }: Fault): Issue[] {
  const path = instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')
  const below = (keys: unknown, message: string) =>
    (keys as string[]).map((key) => ({ path: path === '' ? key : `${path}.${key}`, message }))
  switch (keyword) {
    case 'required':
      return below(params['requiredProperties'], 'is required')
    case 'additionalProperties':
      return below(params['additionalProperties'], 'is not known')
    case 'anyOf':
      return []
    case 'boolean': // Each unknown key has one as well, and of very many nothing else: the list of faults has an end.
      return [{ path, message: 'is not known' }]
    case 'enum':
    case 'const':
      return [{ path, message: allowed(params) }]
    default:
      return [{ path, message }]
  }
}

function allowed(params: Record<string, unknown>): string {
  const values = (params['allowedValues'] ?? [params['allowedValue']]) as unknown[]
  return `must be one of ${values.map(String).join(', ')}`
}
