import { describe, expect, it } from 'vitest'
import { limits as published, type Limits } from './limits.ts'
import { WaitingLine } from './waiting-line.ts'

const times = (count: number) => Array.from({ length: count }, (_, i) => i)
/** Two turns of the event loop: what the first one leaves is begun with in the second. */
const turn = async () => {
  for (let i = 0; i < 2; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

function lineOf(own: Partial<Limits> = {}) {
  const state = { busy: false, now: 0 }
  const [begun, refused]: [string[], string[]] = [[], []]
  const line = new WaitingLine({
    limits: { ...published, ...own },
    busy: () => state.busy,
    now: () => state.now,
  })
  const enter = (name: string, bytes = 1_000) => {
    const waiter = {
      bytes,
      gone: false,
      begin: () => void begun.push(name),
      refuse: () => void refused.push(name),
    }
    line.enter(waiter)
    return waiter
  }
  return { line, state, begun, refused, enter }
}

describe('the waiting line', () => {
  it('begins at once while the service keeps up', () => {
    const { begun, enter, line } = lineOf()
    enter('a')
    enter('b')
    expect([begun, line.length]).toEqual([['a', 'b'], 0])
  })

  it('begins with so many in a turn and with the rest in the next ones, in the order they came', async () => {
    const { begun, enter } = lineOf({ requestsBegunInTurnMax: 3 })
    const names = times(8).map(String)
    for (const name of names) enter(name)
    expect(begun).toEqual(['0', '1', '2'])
    for (let turns = 0; turns < 4; turns += 1) await turn()
    expect(begun).toEqual(names)
  })

  it('keeps turns short while connections are being made', async () => {
    const { begun, enter, line } = lineOf({ requestsBegunInTurnMax: 10, requestsBegunConnectingMax: 1 })
    line.connected()
    for (const name of times(5)) enter(String(name))
    expect(begun).toHaveLength(1)
    await turn()
    await turn()
    expect(begun).toHaveLength(5)
  })

  it('lets them wait while the service is busy, and lets them in again afterwards', async () => {
    const { begun, refused, enter, line, state } = lineOf()
    state.busy = true
    enter('a')
    enter('b')
    await turn()
    expect([begun, line.length]).toEqual([[], 2])
    state.busy = false
    line.resume()
    await turn()
    expect([begun, refused, line.length]).toEqual([['a', 'b'], [], 0])
    enter('c')
    expect(begun).toEqual(['a', 'b', 'c'])
  })

  it('lets nobody overtake who waits', async () => {
    const { begun, enter, line, state } = lineOf()
    state.busy = true
    enter('a')
    state.busy = false
    enter('b')
    expect(begun).toEqual([])
    line.resume()
    await turn()
    expect(begun).toEqual(['a', 'b'])
  })

  it('refuses whoever has waited for too long, and nobody else', async () => {
    const { begun, refused, enter, line, state } = lineOf()
    state.busy = true
    enter('early')
    state.now = 900
    enter('late')
    state.now = published.requestWaitMaxMs + 1
    line.resume()
    await turn()
    expect([begun, refused]).toEqual([[], ['early']])
    state.busy = false
    line.resume()
    await turn()
    expect([begun, refused]).toEqual([['late'], ['early']])
  })

  it('lets in whoever it could not look at for a while, as far as there is room', async () => {
    const { begun, refused, enter, line, state } = lineOf({ requestsBegunInTurnMax: 2 })
    state.busy = true
    for (const name of times(3)) enter(String(name))
    state.busy = false
    state.now = published.requestWaitMaxMs + 1
    line.resume()
    await turn()
    expect([begun, refused]).toEqual([['0', '1'], ['2']])
  })

  it('refuses by itself when nothing ever ends', async () => {
    const { refused, enter, state } = lineOf({ requestWaitLookMs: 1 })
    state.busy = true
    enter('a')
    state.now = published.requestWaitMaxMs + 1
    await expect.poll(() => refused).toEqual(['a'])
  })

  it('refuses no more in a turn than there is time for', async () => {
    const { refused, enter, line, state } = lineOf({ requestsBegunInTurnMax: 1, requestsRefusedForEachBegun: 2 })
    state.busy = true
    for (const name of times(7)) enter(String(name))
    state.now = published.requestWaitMaxMs + 1
    line.resume()
    await new Promise((resolve) => setImmediate(resolve))
    expect(refused).toHaveLength(2)
    for (let turns = 0; turns < 4; turns += 1) await turn()
    expect(refused).toHaveLength(7)
  })

  it('refuses at once when those who wait hold as much as they may', () => {
    const { refused, enter, line, state } = lineOf({ waitingBytesMax: 3_000 })
    state.busy = true
    enter('a', 2_000)
    enter('b')
    expect(refused).toEqual([])
    enter('c')
    expect([refused, line.length]).toEqual([['c'], 2])
  })

  describe('that does not get shorter', () => {
    const pace = { requestsBegunInTurnMax: 10, requestWaitExpectedMaxMs: 100, requestsWaitingAlways: 0 }
    /** For which two of those times have passed in which 30 were begun with. */
    async function standingLine(own: Partial<Limits> = {}) {
      const all = lineOf({ ...pace, ...own })
      for (const name of times(400)) all.enter(String(name))
      for (let passed = 0; passed < 200; passed += 100) {
        for (let turns = 0; turns < 3; turns += 1) {
          if (turns === 2) all.state.now += 100
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      return all
    }

    it('has room for all while it may be a burst', () => {
      const { refused, enter } = lineOf(pace)
      for (const name of times(5_000)) enter(String(name))
      expect(refused).toEqual([])
    })

    it('refuses at once whose turn would come too late, and keeps those who wait', async () => {
      const { begun, refused, enter, line } = await standingLine()
      const [waiting, done] = [line.length, begun.length]
      enter('too late')
      expect([refused, line.length]).toEqual([['too late'], waiting])
      await new Promise((resolve) => setImmediate(resolve))
      expect(begun.length).toBeGreaterThan(done)
      expect(refused).toEqual(['too late'])
    })

    it('has room for some however slow it goes', async () => {
      const { refused, enter } = await standingLine({ requestsWaitingAlways: 1_000 })
      enter('in time')
      expect(refused).toEqual([])
    })

    it('takes its time to refuse when all ask at once', async () => {
      const { refused, enter } = await standingLine({ requestsRefusedForEachBegun: 2 })
      for (const name of times(50)) enter(String(name))
      expect(refused).toHaveLength(20)
      await new Promise((resolve) => setImmediate(resolve))
      expect(refused).toHaveLength(40)
      await new Promise((resolve) => setImmediate(resolve))
      expect(refused).toEqual(times(50).map(String))
    })

    it('has room for all again once nobody waits', async () => {
      const { line, refused, enter } = await standingLine()
      while (line.length > 0) await turn()
      for (const name of times(500)) enter(String(name))
      expect(refused).toEqual([])
    })
  })

  it('forgets those who went away', async () => {
    const { begun, refused, enter, line, state } = lineOf()
    state.busy = true
    const gone = [enter('a'), enter('b')]
    enter('c')
    for (const waiter of gone) waiter.gone = true
    state.busy = false
    line.resume()
    await turn()
    expect([begun, refused, line.length]).toEqual([['c'], [], 0])
  })
})
