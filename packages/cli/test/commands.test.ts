// The commands that set up and look after a database, as an operator runs them.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../server/src/db/open.ts'
import { built, command, createPlace, oneClearLine, type Place } from './narthex.ts'

const uuid = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/
const key = /^nxk_\w+$/
const token = /^nxm_\w+$/
const rita = '--workspace any --email rita@example.com --firstname Rita --lastname Reis'.split(' ')
let place: Place

beforeAll(built)
beforeEach(async () => void (place = await createPlace()))
afterEach(() => place.remove())

describe('narthex', () => {
  it('ends quietly when its reader has seen enough', async () => {
    const script = `"${process.execPath}" "${command}" --help | true`
    expect(await promisify(execFile)('sh', ['-c', script])).toEqual({ stdout: '', stderr: '' })
  })

  it('explains itself with examples and exits with 0, for every command', async () => {
    for (const args of [
      [],
      ['serve'],
      ['init'],
      ['workspace', 'create'],
      ['member', 'create'],
      ['member', 'token'],
      ['member', 'list'],
      ['member', 'role'],
      ['member', 'remove'],
      ['referral', 'list'],
      ['referral', 'show'],
      ['referral', 'refer'],
      ['referral', 'admit'],
      ['referral', 'reject'],
      ['referral', 'revoke'],
      ['referral', 'withdraw'],
      ['key', 'create'],
      ['signing-key', 'rotate'],
      ['demo'],
      ['backup'],
      ['verify'],
    ]) {
      const { code, stdout, stderr } = await place.narthex([...args, '--help'])
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^Usage: narthex/)
      if (args[0] !== 'verify') expect(stdout).toContain('Examples:')
    }
  })

  it.each([
    [[]],
    [['nonsense']],
    [['init', '--nonsense']],
    [['init', 'superfluous']],
    [['init', '--workspace', 'ab']],
    [['workspace', 'create']],
    [['workspace', 'create', 'x'.repeat(51)]],
    [['member', 'create']],
    [['member', 'create', ...rita, '--role', 'janitor']],
    [['member', 'token', '--workspace', 'any']],
    [['member', 'role', 'any', 'janitor']],
    [['referral', 'list', '--status', 'OPEN']],
    [['referral', 'list', '--filter', '{']],
    [['referral', 'refer']],
    [['referral', 'refer', '--email', 'rita@example.com', '--user', 'any']],
    [['referral', 'refer', '--email', 'rita@example.com', '--until', 'tomorrow']],
    [['referral', 'admit']],
    [['key', 'create']],
    [['key', 'create', '--workspace', 'any', '--scope', 'everything']],
    [['key', 'create', '--workspace', 'any', '--expires', '90']],
    [['key', 'create', '--workspace', 'any', '--expires', '99999d']],
    [['signing-key', 'rotate', '--force', 'now']],
    [['backup']],
    [['demo', '--size', '0']],
    [['demo', '--size', 'many']],
    [['demo', '--seed', '']],
  ])('exits with 2, says why and touches nothing: %j', async (args) => {
    const { code, stdout, stderr } = await place.narthex(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).not.toBe('')
    expect(existsSync(place.dataDir)).toBe(false)
  })

  it.each([
    [['workspace', 'create', 'Acme Ltd']],
    [['member', 'create', ...rita, '--role', 'viewer']],
    [['key', 'create', '--workspace', 'any']],
    [['signing-key', 'rotate']],
    [['backup', 'copy.db']],
    [['verify']],
  ])('refuses before there is a database, and makes none: %j', async (args) => {
    const { code, stdout, stderr } = await place.narthex(args)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(oneClearLine)
    expect(stderr).toContain('narthex init')
    expect(existsSync(place.dataDir)).toBe(false)
  })

  it.each([
    [{ NARTHEX_PROT: '80' }, 'NARTHEX_PROT'],
    [{ NARTHEX_PORT: 'eighty' }, 'NARTHEX_PORT'],
    [{ NARTHEX_SECRET: 'short' }, 'NARTHEX_SECRET'],
    [{ NARTHEX_OIDC_ISSUER: 'https://login.example.com' }, 'NARTHEX_OIDC_CLIENT_ID'],
    [
      { NARTHEX_OIDC_ISSUER: 'ftp://x', NARTHEX_OIDC_CLIENT_ID: 'a', NARTHEX_OIDC_CLIENT_SECRET: 'b' },
      'NARTHEX_OIDC_ISSUER',
    ],
    [{ NARTHEX_DATABASE_URL: 'mysql://x' }, 'NARTHEX_DATABASE_URL'],
  ])('stops at a setting it cannot use and names it: %j', async (settings, name) => {
    for (const args of [['serve'], ['init']]) {
      const { code, stdout, stderr } = await place.narthex(args, settings)
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(oneClearLine)
      expect(stderr).toContain(name)
    }
  })
})

describe('narthex init', () => {
  it('sets up an empty database once, with files only their owner can read', async () => {
    const first = await place.json(['init', '--workspace', 'Acme Ltd'])
    expect(first).toEqual({
      workspaceId: expect.stringMatching(uuid),
      apiKey: expect.stringMatching(key),
      memberId: expect.stringMatching(uuid),
      memberToken: expect.stringMatching(token),
      consoleUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/console$/),
    })
    for (const file of await readdir(place.dataDir)) {
      expect((await stat(join(place.dataDir, file))).mode & 0o077).toBe(0)
    }
    const again = await place.narthex(['init', '--json'])
    expect([again.code, again.stdout]).toEqual([1, ''])
    expect(again.stderr).toMatch(oneClearLine)
    expect(again.stderr).toContain(first.workspaceId)
    expect((await place.json(['verify'])).workspaces).toHaveLength(1)
  })

  it('makes keys the server takes', async () => {
    const first = await place.json(['init'])
    const { address } = await place.serve()
    const other = await place.json(['workspace', 'create', 'Acme Ltd', '--parent', first.workspaceId])
    const scoped = await place.json([
      'key',
      'create',
      '--workspace',
      other.workspaceId,
      '--scope',
      'workspace:read',
      '--expires',
      '12h',
    ])
    expect(scoped).toEqual({ keyId: expect.stringMatching(uuid), apiKey: expect.stringMatching(key) })
    const get = (path: string, apiKey: string) =>
      fetch(`${address}/api/v1${path}`, { headers: { authorization: apiKey } })
    expect(await (await get('/workspace', scoped.apiKey)).json()).toMatchObject({
      id: other.workspaceId,
      name: 'Acme Ltd',
      parentId: first.workspaceId,
    })
    expect((await get('/tiers', scoped.apiKey)).status).toBe(403)
    expect((await get('/tiers', other.apiKey)).status).toBe(200)
    const described = await (await get(`/api-keys/${scoped.keyId}`, other.apiKey)).json()
    expect(described.scopes).toEqual(['workspace:read'])
    expect(Date.parse(described.expiresAt) - Date.now()).toBeGreaterThan(11.9 * 3_600_000)
  })

  it('prints readable lines without --json, and no colour into a pipe', async () => {
    const { code, stdout } = await place.narthex(['init'], { FORCE_COLOR: '1' })
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^Workspace {5}\S+\nAPI key {7}nxk_\w+\nOwner {9}\S+\nMember token {2}nxm_\w+\nConsole {7}\S+\nKeep the key/,
    )
  })
})

describe('narthex workspace, member, key', () => {
  it('refuses a workspace that does not exist, in one line', async () => {
    await place.json(['init'])
    for (const args of [
      ['member', 'create', '--role', 'viewer', ...rita.with(1, 'none')],
      ['member', 'token', '--workspace', 'none', '--email', 'rita@example.com'],
      ['workspace', 'create', 'Acme Ltd', '--parent', 'none'],
      ['key', 'create', '--workspace', 'none'],
    ]) {
      const { code, stdout, stderr } = await place.narthex([...args, '--json'])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toBe('narthex: There is no workspace none\n')
    }
  })
})

describe('narthex signing-key', () => {
  const soon = (signsFrom: string) => Date.parse(signsFrom) - Date.now()

  it('publishes a key that signs in ten minutes, and no second one before', async () => {
    await place.json(['init'])
    const first = await place.json(['signing-key', 'rotate'])
    expect(first).toEqual({ kid: expect.stringMatching(/^[\w-]{43}$/), signsFrom: expect.any(String) })
    expect(soon(first.signsFrom)).toBeGreaterThan(9.5 * 60_000)
    expect(soon(first.signsFrom)).toBeLessThanOrEqual(10 * 60_000)
    for (const args of [[], ['--force'], ['--json']]) {
      const { code, stdout, stderr } = await place.narthex(['signing-key', 'rotate', ...args])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(oneClearLine)
      expect(stderr).toContain('rotation')
    }
  })

  it('lets the key sign at once with --force, and keeps the old one published', async () => {
    await place.json(['init'])
    const { code, stdout } = await place.narthex(['signing-key', 'rotate', '--force'])
    expect(code).toBe(0)
    const [, kid = '', signsFrom = ''] = /^Key {8}(\S+)\nSigns from (\S+)\n$/.exec(stdout) ?? []
    expect(soon(signsFrom)).toBeLessThanOrEqual(0)
    const { address } = await place.serve()
    const { keys } = (await (await fetch(`${address}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
    expect(keys).toHaveLength(2)
    expect(keys.map((each) => each.kid)).toContain(kid)
    expect((await place.json(['signing-key', 'rotate', '--force'])).kid).not.toBe(kid)
  })
})

describe('narthex migrate', () => {
  it('brings the schema up and has nothing to do the second time', async () => {
    expect((await place.json(['migrate'])).applied.length).toBeGreaterThan(0)
    expect(await place.json(['migrate'])).toEqual({ applied: [] })
  })

  it('leaves the first start to serve or init', async () => {
    await place.narthex(['migrate'])
    expect(await readdir(place.dataDir)).not.toContain('secret')
    expect((await place.json(['init'])).apiKey).toMatch(key)
  })
})

describe('narthex verify', () => {
  beforeEach(async () => void (await place.json(['demo', '--size', '20'])))

  const change = async (statement: string) => {
    const db = await openDatabase(`sqlite:${join(place.dataDir, 'narthex.db')}`)
    const { sql } = await import('kysely')
    await db.write(async (tx) => void (await sql.raw(statement).execute(tx)))
    await db.close()
  }
  const broken = async () => {
    const { code, stdout, stderr } = await place.narthex(['verify', '--json'])
    expect(code).toBe(1)
    expect(stderr).toMatch(oneClearLine)
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ ok: false, workspaces: [{ ok: false }] })
    return report.workspaces[0]
  }

  it('finds an untouched chain whole and says how many events it checked', async () => {
    const report = await place.json(['verify'])
    expect(report).toMatchObject({ ok: true, workspaces: [{ ok: true, broken: null, unsealed: 0 }] })
    expect(report.workspaces[0].events).toBeGreaterThan(40)
    const { code, stdout } = await place.narthex(['verify'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/ {2}ok {2}\d+ events checked\n$/)
  })

  it('finds a changed event', async () => {
    await change(`update events set actor_kind = 'api_key' where position = 5`)
    expect(await broken()).toMatchObject({ events: 4, broken: expect.stringContaining('position 5') })
  })

  it('finds a changed personal value', async () => {
    await change(`update events set openings = replace(openings, 'Ada', 'Eve') where openings like '%Ada Lovelace%'`)
    expect((await broken()).broken).toContain('commitments')
  })

  it('finds a missing event', async () => {
    await change('delete from events where position = 7')
    expect(await broken()).toMatchObject({ events: 6, broken: 'position 7 is missing' })
  })
})

describe('a folder that cannot be used', () => {
  it('is told in one line', async () => {
    await writeFile(place.dataDir, 'a file where the folder should be')
    const { code, stderr } = await place.narthex(['init'])
    expect(code).toBe(1)
    expect(stderr).toMatch(oneClearLine)
  })
})
