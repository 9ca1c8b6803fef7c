// What is written where: colour and bars for people at a terminal, plain text for everything else.
import { describe, expect, it } from 'vitest'
import { createOutput, type Stream } from '../src/output.ts'

function stream(options: { isTTY: boolean; colours: boolean }) {
  const written: string[] = []
  const each: Stream = { isTTY: options.isTTY, hasColors: () => options.colours, write: (text) => written.push(text) }
  return { each, text: () => written.join('') }
}

describe('output', () => {
  it('is coloured only on a terminal that takes colours', () => {
    for (const [isTTY, colours, expected] of [
      [true, true, '\u001B[1mkey\u001B[0m'],
      [true, false, 'key'],
      [false, true, 'key'],
    ] as const) {
      expect(createOutput(stream({ isTTY, colours }).each).bold('key')).toBe(expected)
    }
  })

  it('keeps a failure on one line of standard error', () => {
    const [out, err] = [stream({ isTTY: false, colours: false }), stream({ isTTY: false, colours: false })]
    createOutput(out.each, err.each).failure('first\n  second\r\nthird')
    expect([out.text(), err.text()]).toEqual(['', 'narthex: first second third\n'])
  })

  it('shows no bar where nobody watches', () => {
    const err = stream({ isTTY: false, colours: false })
    const bar = createOutput(stream({ isTTY: false, colours: false }).each, err.each).progress(10, 'Working')
    bar.to(5)
    bar.end()
    expect(err.text()).toBe('')
  })
})
