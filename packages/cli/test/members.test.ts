// Members from the command line: made on the database, and what they do on a running server with their tokens.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { built, createPlace, oneClearLine, type Place, type Settings } from './narthex.ts'

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/
let place: Place
let first: { workspaceId: string; apiKey: string; memberId: string; memberToken: string }

beforeAll(built)
beforeEach(async () => {
  place = await createPlace()
  first = await place.json(['init', '--owner-email', 'ann@acme.example'])
})
afterEach(() => place.remove())

const names = ['--firstname', 'Rita', '--lastname', 'Reis']
const create = (email: string, role: string) => {
  return ['member', 'create', '--workspace', first.workspaceId, '--email', email, ...names, '--role', role]
}

async function refused(args: readonly string[], settings?: Settings): Promise<string> {
  const { code, stdout, stderr } = await place.narthex(args, settings)
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(oneClearLine)
  return stderr
}

describe('narthex init', () => {
  it('gives the first owner its address, and a token that opens everything', async () => {
    const { address } = await place.serve()
    const get = async (path: string) =>
      (await fetch(`${address}/api/v1${path}`, { headers: { authorization: `Bearer ${first.memberToken}` } })).json()
    expect(await get(`/members/${first.memberId}`)).toMatchObject({ email: 'ann@acme.example', role: 'owner' })
    expect(await get('/workspace')).toMatchObject({ id: first.workspaceId })
  })

  it('refuses an owner whose address is none, and sets nothing up', async () => {
    const other = await createPlace()
    const { code, stdout, stderr } = await other.narthex(['init', '--owner-email', 'nobody'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(oneClearLine)
    expect((await other.json(['init'])).memberToken).toMatch(/^nxm_/)
    await other.remove()
  })
})

describe('narthex member create', () => {
  it('makes a member that the server knows at once, with a token, and no second one of the address', async () => {
    const { address } = await place.serve()
    const made = await place.json(create('rita@acme.example', 'reviewer'))
    expect(made).toEqual({ memberId: expect.stringMatching(uuid), memberToken: expect.stringMatching(/^nxm_\w+$/) })
    const reply = await fetch(`${address}/api/v1/members/${made.memberId}`, {
      headers: { authorization: `Bearer ${made.memberToken}` },
    })
    expect(await reply.json()).toMatchObject({ email: 'rita@acme.example', firstname: 'Rita', role: 'reviewer' })
    expect(await refused(create('Rita@Acme.example', 'viewer'))).toContain('address')
  })

  it('refuses an address that is none', async () => {
    expect(await refused(create('rita', 'viewer'))).toContain('email')
  })

  it('prints readable lines without --json', async () => {
    const { code, stdout } = await place.narthex(create('rita@acme.example', 'viewer'))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Member {8}\S+\nMember token {2}nxm_\w+\nKeep the token/)
  })
})

describe('narthex member token', () => {
  it('gives a member another token, ends the others where it is told to, and knows nobody else', async () => {
    const { address } = await place.serve()
    const { memberId, memberToken } = await place.json(create('rita@acme.example', 'viewer'))
    const args = ['member', 'token', '--workspace', first.workspaceId, '--email']
    const statusOf = async (token: string) =>
      (await fetch(`${address}/api/v1/workspace`, { headers: { authorization: token } })).status
    const second = await place.json([...args, 'Rita@acme.example'])
    expect(second).toEqual({ memberId, memberToken: expect.stringMatching(/^nxm_\w+$/) })
    expect([await statusOf(memberToken), await statusOf(second.memberToken)]).toEqual([200, 200])
    const third = await place.json([...args, 'rita@acme.example', '--reset'])
    expect(await statusOf(third.memberToken)).toBe(200)
    for (const ended of [memberToken, second.memberToken]) await expect.poll(() => statusOf(ended)).toBe(401)
    expect(await refused([...args, 'nobody@acme.example'])).toContain('Member not found')
  })
})

describe('commands of members', () => {
  const as = (memberToken: string): Settings => ({ NARTHEX_MEMBER_TOKEN: memberToken })

  it('refer, admit, revoke and withdraw on a running server, and tell the history', async () => {
    const { address } = await place.serve()
    const referrer = as((await place.json(create('rita@acme.example', 'referrer'))).memberToken)
    const owner = as(first.memberToken)
    const at = ['--server', address]
    const refer = (email: string) => place.json(['referral', 'refer', '--email', email, ...at], referrer)

    const referral = await refer('guest@example.com')
    expect(referral).toMatchObject({ status: 'REFERRED', organizationId: first.workspaceId })
    const waiting = await place.json(['referral', 'list', '--status', 'REFERRED', ...at], owner)
    expect(waiting).toMatchObject({ externalUsers: [referral], page: { totalElements: 1 } })

    const stale = ['referral', 'admit', referral.id, '--if-version', '99.x', ...at]
    expect(await refused(stale, owner)).toContain('If-Match')
    const until = ['--until', '2999-01-31', '--comment', 'A good friend']
    const admitted = await place.json(['referral', 'admit', referral.id, ...until, ...at], owner)
    expect(admitted).toMatchObject({ status: 'ADMITTED', reviewerComment: 'A good friend' })
    expect(await refused(['referral', 'reject', referral.id, ...at], owner)).toContain('ADMITTED')
    expect((await place.json(['referral', 'revoke', referral.id, ...at], owner)).status).toBe('REVOKED')

    const shown = await place.json(['referral', 'show', referral.id, '--evidence', ...at], owner)
    expect(shown.decisions.map(({ to }: { to: string }) => to)).toEqual(['ADMITTED', 'REVOKED'])
    expect(shown.evidence.refusals).toHaveLength(1)
    const other = await refer('another@example.com')
    expect((await place.json(['referral', 'withdraw', other.id, ...at], referrer)).status).toBe('WITHDRAWN')
    expect((await place.json(['referral', 'reject', (await refer('third@example.com')).id, ...at], owner)).status).toBe(
      'REJECTED',
    )
    const filter = ['--filter', '{"referredUser.email":{"startsWith":"guest"}}', '--status', 'REVOKED']
    const found = await place.narthex(['referral', 'list', ...filter, '--sort', '-referredAt', ...at], owner)
    expect(found.stdout).toMatch(
      /^\S+ {2}REVOKED {4}\S+ {2}guest@example\.com, by Rita Reis <\S+>\n1 of 1, page 1 of 1\n$/,
    )
    expect((await place.narthex(['referral', 'show', referral.id, ...at], owner)).stdout).toContain(
      'Decision  REFERRED to ADMITTED',
    )
  })

  it('administer members on a running server', async () => {
    const { address } = await place.serve()
    const { memberId } = await place.json(create('rita@acme.example', 'viewer'))
    const owner = as(first.memberToken)
    const at = ['--server', address, '--workspace', first.workspaceId]
    const { members } = await place.json(['member', 'list', ...at], owner)
    expect(members.map(({ id }: { id: string }) => id).toSorted()).toEqual([memberId, first.memberId].toSorted())
    expect((await place.json(['member', 'role', memberId, 'reviewer', ...at], owner)).role).toBe('reviewer')
    expect(await refused(['member', 'role', first.memberId, 'viewer', ...at], owner)).toContain('last owner')
    expect((await place.narthex(['member', 'remove', memberId, ...at], owner)).code).toBe(0)
    expect(await refused(['member', 'remove', memberId, ...at], owner)).toContain('not found')
  })

  it('take the token from a file as well, and say in one line what is missing', async () => {
    const { address } = await place.serve()
    const file = join(place.dataDir, 'token')
    await writeFile(file, `${first.memberToken}\n`)
    const list = ['referral', 'list', '--server', address]
    expect((await place.json([...list, '--token-file', file])).externalUsers).toEqual([])
    expect(await refused(list)).toContain('NARTHEX_MEMBER_TOKEN')
    expect(await refused([...list, '--token-file', `${file}-none`])).toContain('ENOENT')
    const settings = { ...as(first.memberToken), NARTHEX_PORT: new URL(address).port }
    expect((await place.json(['referral', 'list'], settings)).externalUsers).toEqual([])
    expect(await refused(list, as('nxm_unknown'))).toContain('member token')
    expect(await refused(list, as('not\nvisible'))).toContain('memberToken')
    const elsewhere = ['referral', 'list', '--server', 'http://127.0.0.1:1']
    expect(await refused(elsewhere, as(first.memberToken))).toMatch(/could not be reached.*http:\/\/127\.0\.0\.1:1;/)
  })

  it('do not keep a server from starting in the same shell', async () => {
    const { stop } = await place.serve(as(first.memberToken))
    expect((await stop()).code).toBe(0)
  })
})
