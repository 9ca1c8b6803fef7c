// Refuses secrets that cannot be any before the framework sees the request: a client with a broken key costs next to nothing.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basePaths, operations, type Operation } from '@narthex/contract'
import { ApiError } from '../lib/api-error.ts'
import { refuse } from './admission.ts'
import { digestOfHeader, type Credentials } from './authenticate.ts'
import type { RateLimits } from './limits.ts'
import type { Metrics } from './metrics.ts'

export interface MistypedKeysOptions {
  readonly credentials: Pick<Credentials, 'digest'>
  readonly rates: Pick<RateLimits, 'takeForAddress'>
  readonly refused: Metrics['refused']
}

/** What takes an access token is left out: that one is read by what it says. */
const withSecret = new Map(
  (Object.values(operations) as Operation[])
    .filter(({ credential }) => credential !== 'access-token')
    .map(({ id, method, surface, path }) => [`${method} ${basePaths[surface]}${path}`, id]),
)

/** Plain spellings without a query only: others reach the same operations through the router, and are answered there alike. */
function operationAt({ method, url }: IncomingMessage): string | undefined {
  const path = `${method} ${url}`
  return withSecret.get(path) ?? withSecret.get(path.replace(/[\da-f]{8}-[\da-f-]{27}/, '{id}'))
}

/**
 * Whether it answers the request. It asks what `requireCaller` asks, in the same order: the secret's form, which the
 * database need not tell, then the address, which pays for it.
 */
export function mistypedKeys({ credentials, rates, refused }: MistypedKeysOptions) {
  const unauthorized = new ApiError('unauthorized')
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { authorization, host } = request.headers
    if (authorization === undefined || host === undefined) return false
    if (digestOfHeader(credentials, request) !== null) return false
    const operation = operationAt(request)
    if (operation === undefined) return false
    const answer = (refusal: ApiError) => {
      refuse(request, response, refusal)
      refused(operation, response.statusCode)
    }
    rates.takeForAddress(request.socket.remoteAddress as string).then(() => answer(unauthorized), answer)
    return true
  }
}
