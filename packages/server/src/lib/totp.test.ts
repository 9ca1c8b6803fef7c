import { describe, expect, it } from 'vitest'
import { base32, matchingTotpStep, otpauthUrl, totpCode, totpStep } from './totp.ts'

const key = Buffer.from('12345678901234567890')

describe('one-time passwords', () => {
  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('are those of RFC 6238, appendix B, at second %d', (seconds, code) => {
    expect(totpCode(key, totpStep(seconds * 1000))).toBe(code.slice(2))
  })

  it.each([
    [0, '755224'],
    [1, '287082'],
    [9, '520489'],
  ])('are those of RFC 4226, appendix D, for count %d', (count, code) => {
    expect(totpCode(key, count)).toBe(code)
  })

  it('are taken one step early and one late, never further, and never again', () => {
    const now = 1_234_567_890_000
    const step = totpStep(now)
    const taken = (around: number, lastStep: number | null = null) =>
      matchingTotpStep(key, totpCode(key, step + around), { now, lastStep })
    expect([-2, -1, 0, 1, 2].map((around) => taken(around))).toEqual([null, step - 1, step, step + 1, null])
    expect(taken(0, step)).toBeNull()
    expect(taken(-1, step)).toBeNull()
    expect(taken(1, step)).toBe(step + 1)
  })

  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('write %j in base32 as RFC 4648 does', (text, written) => {
    expect(base32(Buffer.from(text))).toBe(written)
  })

  it('name issuer and account in the address that apps read', () => {
    expect(otpauthUrl(key, 'Narthex', 'rita@example.com')).toBe(
      'otpauth://totp/Narthex:rita%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Narthex',
    )
  })
})
