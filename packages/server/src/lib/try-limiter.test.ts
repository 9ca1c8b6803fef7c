import { describe, expect, it } from 'vitest'
import { createTryLimiter } from './try-limiter.ts'

describe('tries', () => {
  let now = 1_000_000
  const limiter = createTryLimiter({ now: () => now }, 3, 60_000)
  const refusal = (name: string) => {
    try {
      limiter.take(name)
    } catch (error) {
      return error
    }
    return null
  }

  it('are refused after so many until the window ends, which says when', () => {
    expect([refusal('ann'), refusal('ann'), refusal('ann')]).toEqual([null, null, null])
    now += 20_000
    expect(refusal('ann')).toMatchObject({ code: 'rate_limited', details: { retryAfterSeconds: 40 } })
    expect(refusal('bob')).toBeNull()
    now += 40_000
    expect(refusal('ann')).toBeNull()
  })

  it('are forgiven to whoever succeeds', () => {
    for (const _ of [1, 2, 3]) refusal('eve')
    limiter.forgive('eve')
    expect(refusal('eve')).toBeNull()
  })

  it('are given back one by one where many share a name', () => {
    for (const _ of [1, 2, 3]) refusal('office')
    limiter.forgiveOne('office')
    limiter.forgiveOne('nobody')
    expect([refusal('office'), refusal('office') === null]).toEqual([null, false])
  })
})
