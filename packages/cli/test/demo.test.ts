// `narthex demo`: the same world for the same seed, whole again after an interruption, and at home in the API.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { built, createPlace, oneClearLine, type Place } from './narthex.ts'

let place: Place

beforeAll(built)
beforeEach(async () => void (place = await createPlace()))
afterEach(() => place.remove())

const reader = (address: string, apiKey: string) => async (path: string) => {
  const reply = await fetch(`${address}/api/v1${path}`, { headers: { authorization: apiKey } })
  return { total: Number(reply.headers.get('total-count')), body: (await reply.json()) as any }
}

/** Everybody, with what does not depend on the workspace. */
async function everybody(get: ReturnType<typeof reader>): Promise<string[]> {
  const people: string[] = []
  for (let page = 1; ; page += 1) {
    const { body } = await get(`/external-users?pageSize=100&pageNumber=${page}`)
    for (const { name, identifier, externalId, blocked } of body) {
      people.push(JSON.stringify([name, identifier, externalId, blocked]))
    }
    if (body.length < 100) return people.toSorted()
  }
}

describe('a demo on an empty database', () => {
  it('holds 2,000 external users and 300 referrals unless told otherwise, with history that verifies', async () => {
    const demo = await place.json(['demo'])
    expect(demo).toEqual({
      workspaceId: expect.any(String),
      apiKey: expect.stringMatching(/^nxk_/),
      memberToken: expect.stringMatching(/^nxm_/),
      seed: 'narthex',
      channels: {
        web: expect.any(String),
        whatsapp: expect.any(String),
        email: expect.any(String),
        telegram: expect.any(String),
        portal: expect.any(String),
      },
      externalUsers: 2000,
      created: 2000,
      referred: { guardedChannel: expect.any(String), referrals: 300, created: 300 },
    })
    expect(await place.json(['verify'])).toMatchObject({ ok: true, workspaces: [{ unsealed: 0 }] })
    const { address } = await place.serve()
    const get = reader(address, demo.apiKey)
    expect((await get('/external-users?count=exact')).total).toBe(2000)
    expect((await get('/super-identities?count=exact')).total).toBe(2300)
    expect((await get('/external-users?count=exact&blocked=true')).total).toBeGreaterThan(20)
    expect((await get('/external-users?count=exact&neverSeen=true')).total).toBeGreaterThan(100)
    expect([(await get('/tiers')).body.length, (await get('/channels')).body.length]).toEqual([4, 6])
  })

  it('answers a search in several scripts, and lets Ada in but not Mallory', async () => {
    const demo = await place.json(['demo'])
    const { address } = await place.serve()
    const get = reader(address, demo.apiKey)
    expect((await get('/external-users?search=LOVELACE')).body).toMatchObject([{ externalId: 'demo-ada' }])
    const all = await everybody(get)
    for (const script of ['Cyrillic', 'Arabic', 'Devanagari', 'Hangul', 'Greek', 'Thai', 'Georgian']) {
      const pattern = new RegExp(`^[\\p{Script=${script}}\\p{M} ]{3,}$`, 'u')
      const name = all
        .map((each) => JSON.parse(each)[0] as string | null)
        .find((each) => each && pattern.test(each)) as string
      const found = await get(`/external-users?search=${encodeURIComponent(name)}`)
      expect(found.body.map((each: { name: string }) => each.name)).toContain(name)
    }
    const authenticate = async (externalId: string) => {
      const reply = await fetch(`${address}/api/v1/external-users/authenticate`, {
        method: 'POST',
        headers: { authorization: demo.apiKey, 'content-type': 'application/json' },
        body: JSON.stringify({ channelId: demo.channels.web, externalId }),
      })
      return reply.status
    }
    expect(await authenticate('demo-ada')).toBe(200)
    expect(await authenticate('demo-mallory')).toBeGreaterThanOrEqual(400)
  })
})

describe('the same seed', () => {
  it('makes the same people again in another workspace, and another seed makes others', async () => {
    const first = await place.json(['demo', '--size', '300'])
    const others = [
      await place.json(['workspace', 'create', 'The same']),
      await place.json(['workspace', 'create', 'Another']),
    ]
    await place.json(['demo', '--size', '300', '--workspace', others[0].workspaceId])
    await place.json(['demo', '--size', '300', '--workspace', others[1].workspaceId, '--seed', 'other'])
    const { address } = await place.serve()
    const [one, same, another] = await Promise.all(
      [first, ...others].map(({ apiKey }) => everybody(reader(address, apiKey))),
    )
    expect(one).toHaveLength(300)
    expect(same).toEqual(one)
    expect(another).not.toEqual(one)
  })

  it('is refused where it is already, and grows where it was smaller', async () => {
    await place.json(['demo', '--size', '150'])
    const again = await place.narthex(['demo', '--size', '150', '--json'])
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(oneClearLine) })
    expect(await place.json(['demo', '--size', '400'])).toMatchObject({ created: 250, externalUsers: 400 })
    expect(await place.json(['demo', '--size', '400', '--referrals', '450'])).toMatchObject({
      created: 0,
      referred: { referrals: 450, created: 150 },
    })
    const otherSeed = await place.narthex(['demo', '--seed', 'other'])
    expect(otherSeed).toMatchObject({ code: 1, stderr: expect.stringMatching(oneClearLine) })
    const nowhere = await place.narthex(['demo', '--workspace', 'none'])
    expect(nowhere).toMatchObject({ code: 1, stderr: 'narthex: There is no workspace none\n' })
    expect(await place.json(['verify'])).toMatchObject({ ok: true })
  })
})

describe('an interrupted demo', () => {
  it('goes on after kill -9 while a server is running, and ends as one that was never interrupted', async () => {
    const server = await place.serve()
    const apiKey = /nxk_\w+/.exec(server.said())?.[0] as string
    const get = reader(server.address, apiKey)
    const killed = place.start(['demo', '--size', '20000'])
    while ((await get('/external-users?count=exact&pageSize=1')).total === 0) await sleep(20)
    killed.process.kill('SIGKILL')
    await killed.ended
    const kept = (await get('/external-users?count=exact&pageSize=1')).total
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(20_000)
    expect(await place.json(['demo', '--size', '20000'])).toMatchObject({
      externalUsers: 20_000,
      created: 20_000 - kept,
    })
    expect((await get('/external-users?count=exact&pageSize=1')).total).toBe(20_000)
    expect(await place.json(['verify'])).toMatchObject({ ok: true, workspaces: [{ unsealed: 0 }] })
  })
})
