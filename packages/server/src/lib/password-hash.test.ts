import { describe, expect, it } from 'vitest'
import type { ApiError } from './api-error.ts'
import { createPasswords } from './password-hash.ts'

describe('password hashes', () => {
  let work = 0
  const passwordsAt = (costLog2: number, bounds = { atOnceMax: 2, waitingMax: 10 }) =>
    createPasswords({ costLog2, ...bounds, worked: () => (work += 1) })

  it('tell the right password from a wrong one, with a salt of their own', async () => {
    const passwords = passwordsAt(10)
    const hash = await passwords.hash('a long enough password')
    expect(hash).toMatch(/^scrypt\$10\$[\w-]{22}\$[\w-]{43}$/)
    expect(await passwords.hash('a long enough password')).not.toBe(hash)
    expect(await passwords.verify('a long enough password', hash)).toBe(true)
    expect(await passwords.verify('a long enough passwore', hash)).toBe(false)
  })

  it('take the same work where there is no hash to compare with', async () => {
    const passwords = passwordsAt(10)
    const before = work
    expect(await passwords.verify('whatever it is', null)).toBe(false)
    expect(work - before).toBe(1)
  })

  it('are read at the cost they were made at, and tell when that is not the cost of today', async () => {
    const hash = await passwordsAt(9).hash('a long enough password')
    const passwords = passwordsAt(10)
    expect(await passwords.verify('a long enough password', hash)).toBe(true)
    expect(passwords.isOutdated(hash)).toBe(true)
    expect(passwords.isOutdated(await passwords.hash('a long enough password'))).toBe(false)
  })

  it('run few at once, let few wait, and send the rest away for a moment', async () => {
    const passwords = passwordsAt(14, { atOnceMax: 1, waitingMax: 2 })
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.verify('x', null)))
    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as ApiError)
    expect(refused.map(({ code }) => code)).toEqual(['overloaded', 'overloaded'])
    expect(await passwords.verify('x', null)).toBe(false)
  })
})
