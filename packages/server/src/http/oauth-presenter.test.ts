import { errorCodes, oauthErrorCodes, type ErrorCode } from '@narthex/contract'
import { describe, expect, it } from 'vitest'
import { ApiError, invalid } from '../lib/api-error.ts'
import { presentOAuthError } from './oauth-presenter.ts'

describe('a refusal on the OAuth surface', () => {
  it.each(Object.keys(errorCodes) as ErrorCode[])(
    'has words of the RFCs for %s, in the characters they allow',
    (code) => {
      const { status, body, headers } = presentOAuthError(new ApiError(code))
      expect(Object.keys(oauthErrorCodes)).toContain(body.error)
      expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
      expect(headers['cache-control']).toBe('no-store')
      const wanted = errorCodes[code][0]
      expect(status).toBe([403, 404, 409, 415].includes(wanted) && code !== 'route_not_found' ? 400 : wanted)
    },
  )

  it.each([
    ['external_user_blocked', 400, 'invalid_grant'],
    ['admission_required', 400, 'invalid_grant'],
    ['selectors_disagree', 400, 'invalid_grant'],
    ['channel_not_found', 400, 'invalid_grant'],
    ['identifier_held_by_another_person', 400, 'invalid_grant'],
    ['route_not_found', 404, 'invalid_request'],
    ['method_not_allowed', 405, 'invalid_request'],
    ['payload_too_large', 413, 'invalid_request'],
    ['unsupported_media_type', 400, 'invalid_request'],
    ['rate_limited', 429, 'temporarily_unavailable'],
    ['issuer_unavailable', 503, 'temporarily_unavailable'],
    ['database_unavailable', 503, 'temporarily_unavailable'],
    ['shutting_down', 503, 'temporarily_unavailable'],
    ['internal_error', 500, 'server_error'],
  ] as const)('says of %s: %i %s', (code, status, error) => {
    const answer = presentOAuthError(new ApiError(code))
    expect([answer.status, answer.body.error]).toEqual([status, error])
  })

  it('names the parameter, without characters that the RFC forbids and without end', () => {
    const { body } = presentOAuthError(invalid('to"ken\u0000é', `must ${'x'.repeat(2_000)}`))
    expect(body.error_description).toMatch(/^to'ken'' must x+$/)
    expect(body.error_description.length).toBeLessThanOrEqual(500)
  })
})
