// However large a world is, its people come in the order of time, each as it was made and once.
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { inOrderOfTime } from './order.ts'
import { demoWorld, worldAgeMs, type DemoExternalUser } from './world.ts'

const now = Date.UTC(2026, 4, 17, 12, 30, 15, 250)
const beginning = now - worldAgeMs
const usersOf = (size: number) => demoWorld({ seed: 'first', scope: 'workspace-a', size, now }).externalUsers
const byId = (users: readonly DemoExternalUser[]) => users.toSorted((a, b) => (a.id < b.id ? -1 : 1))
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('narthex-demo-'))

describe('people in the order of time', () => {
  // The last two do not fit into memory at once.
  it.each([0, 1, 2_000, 50_001, 130_000])('are all people of a world of %i', (size) => {
    const users = [...inOrderOfTime(usersOf(size), { size, beginning })]
    const moments = users.map(({ createdAt }) => createdAt)
    expect(moments).toEqual(moments.toSorted((a, b) => a - b))
    expect(byId(users)).toEqual(byId([...usersOf(size)]))
  })

  it('leave no file behind, even when nobody waits for the last', () => {
    const before = leftovers()
    const size = 60_000
    for (const { id } of inOrderOfTime(usersOf(size), { size, beginning })) if (id) break
    expect(leftovers()).toEqual(before)
  })

  // A process that is killed clears up nothing.
  it.skipIf(process.platform === 'win32')('are in no file that outlives the process', () => {
    const before = leftovers()
    const size = 60_000
    const people = inOrderOfTime(usersOf(size), { size, beginning })
    people.next()
    expect(leftovers()).toEqual(before)
    people.return(undefined)
  })
})
