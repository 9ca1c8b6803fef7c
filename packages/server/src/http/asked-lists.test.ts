// What is remembered of an address is as strict as what was read for the first time.
import { describe, expect, it } from 'vitest'
import { operations } from '@narthex/contract'
import { AskedLists, freeTexts } from './asked-lists.ts'
import { Cursors } from './cursor.ts'

const personal = freeTexts(operations['externalUsers.list'].query)
const place = { createdAt: 1, id: 'a' }

describe('lists that were asked for before', () => {
  const lists = new AskedLists(new Cursors(Buffer.alloc(32, 1)))
  const ask = (query: Record<string, unknown>, binding = 'workspace\0list', of = lists) => {
    const url = `/list?${new URLSearchParams(query as Record<string, string>).toString()}`
    return of.find({ binding, url, personal }, () => ({ pageSize: 50, ...query }))
  }
  const nextOf = (list: ReturnType<typeof ask>, to = place) =>
    new URL(lists.next(list, to, 'https://n.example').slice(1, -'>; rel="next"'.length)).searchParams.get(
      'cursor',
    ) as string

  it('are read once, and told apart from those that nobody asked for before', () => {
    const first = ask({ tierIds: 't' })
    expect(first.key).toBeNull()
    expect(ask({ tierIds: 't' })).toBe(first)
    expect(first.key).toContain('workspace')
    expect(ask({ tierIds: 't' }, 'other\0list')).not.toBe(first)
  })

  it('cannot be changed by who reads them', () => {
    const { query } = ask({ channelIds: ['c'] }) as { query: { channelIds: string[] } }
    expect(() => query.channelIds.push('d')).toThrow(TypeError)
    expect(() => Object.assign(query, { pageSize: 1 })).toThrow(TypeError)
  })

  it('open a cursor for its own workspace, filters and key alone, however often it was opened there', () => {
    const cursor = nextOf(ask({ reach: 'x' }))
    for (let time = 0; time < 3; time += 1) expect(ask({ reach: 'x', cursor }).page.after).toEqual(place)
    const invalid = expect.objectContaining({ code: 'invalid_request' })
    const tampered = (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1)
    for (let time = 0; time < 3; time += 1) {
      expect(() => ask({ reach: 'x', cursor: tampered })).toThrow(invalid)
      expect(() => ask({ reach: 'y', cursor })).toThrow(invalid)
      expect(() => ask({ reach: 'x', cursor }, 'other\0list')).toThrow(invalid)
      const others = new AskedLists(new Cursors(Buffer.alloc(32, 2)))
      expect(() => ask({ reach: 'x', cursor }, undefined, others)).toThrow(invalid)
    }
  })

  it('lead on to where their page ends now', () => {
    const list = ask({ reach: 'z' })
    const later = { createdAt: 2, id: 'a' }
    for (const to of [place, place, later, later, place]) {
      expect(ask({ reach: 'z', cursor: nextOf(list, to) }).page.after).toEqual(to)
    }
  })

  it('are not remembered under what somebody is called', () => {
    expect(personal).toEqual(['externalId', 'identifier', 'search'])
    for (const name of personal) expect(ask({ [name]: 'ada' })).not.toBe(ask({ [name]: 'ada' }))
    expect(ask({ search: 'ada' }).key).toBeNull()
  })
})
