import { describe, expect, it } from 'vitest'
import { DatabaseUnavailable } from './errors.ts'
import { together } from './together.ts'

/** Doubles numbers and says how: those together that were even, alone the others. */
function doubling(fail: (items: readonly number[]) => void = () => {}) {
  const asked: string[] = []
  const double = together({
    max: 4,
    async many(items: readonly number[]) {
      asked.push(items.join('+'))
      fail(items)
      return items.map((item) => (item % 2 === 0 ? 2 * item : undefined))
    },
    async alone(item: number) {
      asked.push(`${item}`)
      if (item === 13) throw new Error('unlucky')
      return 2 * item
    },
  })
  return { asked, double }
}

describe('what is asked for in one turn', () => {
  const [owner, other] = [{}, {}]

  it('is done together by key and owner, as many as may be, and each gets its own answer', async () => {
    const { asked, double } = doubling()
    const answers = [2, 4, 6, 8, 10].map((item) => double(owner, 'a', item))
    answers.push(double(owner, 'b', 12), double(other, 'a', 14))
    expect(await Promise.all(answers)).toEqual([4, 8, 12, 16, 20, 24, 28])
    expect(asked).toEqual(['2+4+6+8', '10', '12', '14'])
    await double(owner, 'a', 16)
    expect(asked.at(-1)).toBe('16')
  })

  it("is done alone where together gave no answer, and one failure is nobody else's", async () => {
    const { asked, double } = doubling()
    const settled = await Promise.allSettled([2, 3, 13].map((item) => double(owner, '', item)))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(asked).toEqual(['2+3+13', '3', '13'])
  })

  it('is done alone when it failed together, but not without a database', async () => {
    const failing = doubling(() => {
      throw new Error('clash')
    })
    expect(await Promise.all([2, 4].map((item) => failing.double(owner, '', item)))).toEqual([4, 8])
    expect(failing.asked).toEqual(['2+4', '2', '4'])
    const gone = doubling(() => {
      throw new DatabaseUnavailable('gone', { mayHaveCommitted: true })
    })
    const settled = await Promise.allSettled([2, 4].map((item) => gone.double(owner, '', item)))
    expect(settled.map((each) => each.status === 'rejected' && each.reason.message)).toEqual(['gone', 'gone'])
    expect(gone.asked).toEqual(['2+4'])
  })
})
