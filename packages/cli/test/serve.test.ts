// `narthex serve` as a process: how it starts, what it prints, how it ends, and how its database is copied.
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createPostgres } from '../../server/test/databases.ts'
import { built, createPlace, oneClearLine, type Place } from './narthex.ts'

const apiKeyIn = (text: string) => /nxk_\w+/.exec(text)?.[0] as string
let place: Place

beforeAll(built)
beforeEach(async () => void (place = await createPlace()))
afterEach(() => place.remove())

function api(address: string, apiKey: string) {
  return async (method: string, path: string, body?: object) => {
    const headers = { authorization: apiKey, ...(body && { 'content-type': 'application/json' }) }
    const reply = await fetch(`${address}/api/v1${path}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: reply.status, body: (await reply.json()) as any }
  }
}

describe('the first start', () => {
  it('prints the credentials and what to try before it listens, and never again', async () => {
    const first = await place.serve()
    const said = first.said()
    expect(said).toContain(`${first.address}/docs`)
    expect(said).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+$/m)
    expect(said.indexOf('nxk_')).toBeLessThan(said.indexOf('listening on'))
    expect((await api(first.address, apiKeyIn(said))('GET', '/workspace')).status).toBe(200)
    expect(await first.stop()).toMatchObject({ code: 0, stderr: '' })
    const second = await place.serve()
    expect(second.said()).not.toContain('nxk_')
    expect((await api(second.address, apiKeyIn(said))('GET', '/workspace')).status).toBe(200)
  })

  it('happens once when two processes start at the same moment', async () => {
    const two = await Promise.all([place.serve(), place.serve()])
    const printed = two.map((each) => each.said()).filter((said) => said.includes('nxk_'))
    expect(printed).toHaveLength(1)
    const apiKey = apiKeyIn(printed[0] as string)
    for (const { address } of two) expect((await api(address, apiKey)('GET', '/workspace')).status).toBe(200)
    // A token that one signs is one that the other publishes the key of: both have the same secret.
    const keys = await Promise.all(
      two.map(async ({ address }) => (await fetch(`${address}/.well-known/jwks.json`)).text()),
    )
    expect(keys[0]).toBe(keys[1])
  })

  it('does not lose the credentials when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const { code, stdout, stderr } = await place.narthex(['serve'], { NARTHEX_PORT: String(port) })
    other.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(oneClearLine)
    expect(stderr).toContain(`port ${port}`)
    const { address } = await place.serve()
    expect((await api(address, apiKeyIn(stdout))('GET', '/workspace')).status).toBe(200)
  })
})

describe('the secret of an existing database', () => {
  it('is missed clearly when it is another one, or gone', async () => {
    await place.json(['init'])
    const wrong = await place.narthex(['serve'], { NARTHEX_SECRET: 'x'.repeat(32) })
    expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(oneClearLine) })
    expect(wrong.stderr).toContain('secret')
    await rm(join(place.dataDir, 'secret'))
    const gone = await place.narthex(['serve'])
    expect(gone).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(oneClearLine) })
    expect(gone.stderr).toContain(join(place.dataDir, 'secret'))
  })
})

describe('the end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('comes after the running request on %s, with 0', async (signal) => {
    const server = await place.serve()
    const { hostname, port } = new URL(server.address)
    const { connect } = await import('node:net')
    const body = JSON.stringify({ name: 'Web chat', kind: 'web' })
    const socket = connect(Number(port), hostname)
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text))
    socket.write(
      `POST /api/v1/channels HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: ${apiKeyIn(server.said())}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 10)}`,
    )
    await sleep(300)
    server.process.kill(signal)
    await sleep(300)
    expect(server.process.exitCode).toBe(null)
    socket.write(body.slice(10))
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' })
    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('comes at once with 1 on a second signal', async () => {
    const server = await place.serve()
    const { hostname, port } = new URL(server.address)
    const { connect } = await import('node:net')
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(
      `POST /api/v1/channels HTTP/1.1\r\nHost: x\r\nAuthorization: ${apiKeyIn(server.said())}\r\nContent-Length: 9\r\n\r\n`,
    )
    await sleep(300)
    server.process.kill('SIGTERM')
    await sleep(300)
    server.process.kill('SIGTERM')
    expect(await server.ended).toMatchObject({ code: 1 })
    socket.destroy()
  })
})

describe('narthex backup', () => {
  it('copies everything acknowledged while the server writes, and the copy serves with the same secret', async () => {
    const server = await place.serve()
    const apiKey = apiKeyIn(server.said())
    const call = api(server.address, apiKey)
    const channel = (await call('POST', '/channels', { name: 'Web chat', kind: 'web' })).body
    const acknowledged: string[] = []
    let writing = true
    const writer = (async () => {
      while (writing) {
        const { body } = await call('POST', '/external-users', {
          channelId: channel.id,
          externalId: `crm-${acknowledged.length}`,
        })
        acknowledged.push(body.id)
      }
    })()
    await sleep(300)
    const before = acknowledged.length
    const file = join(place.dataDir, 'copy.db')
    expect(await place.narthex(['backup', file])).toMatchObject({ code: 0, stderr: '' })
    writing = false
    await writer
    expect(await place.narthex(['backup', file])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(oneClearLine),
    })
    await server.stop()
    const restored = join(place.dataDir, 'restored')
    await mkdir(restored)
    await copyFile(file, join(restored, 'narthex.db'))
    const settings = { NARTHEX_DATA_DIR: restored }
    expect((await place.narthex(['serve'], settings)).stderr).toContain(join(restored, 'secret'))
    await copyFile(join(place.dataDir, 'secret'), join(restored, 'secret'))
    const copy = await place.serve(settings)
    for (const id of acknowledged.slice(0, before)) {
      expect((await api(copy.address, apiKey)('GET', `/external-users/${id}`)).status).toBe(200)
    }
    expect(before).toBeGreaterThan(0)
  })
})

describe.runIf(inject('postgresUrl'))('on PostgreSQL', () => {
  const settings = {
    NARTHEX_SECRET: 's'.repeat(32),
    NARTHEX_DATABASE_URL: 'postgres://nobody:hidden@127.0.0.1:1/nothing',
  }

  it('asks for the secret at once, and fails with one line when the database stays away', async () => {
    const { NARTHEX_SECRET: _, ...without } = settings
    expect((await place.narthex(['serve'], without)).stderr).toMatch(/^narthex: NARTHEX_SECRET is required[^\n]+\n$/)
    const { code, stderr, stdout } = await place.narthex(['serve'], settings)
    expect(code).toBe(1)
    expect(stderr).toMatch(oneClearLine)
    expect(stderr).toContain('ECONNREFUSED')
    expect(stderr + stdout).not.toContain('hidden')
  })

  it('does everything but backup, which belongs to pg_dump', async () => {
    const database = await createPostgres(inject('postgresUrl'))
    const own = { ...settings, NARTHEX_DATABASE_URL: database.url }
    expect((await place.narthex(['verify'], own)).code).toBe(1)
    const demo = await place.json(['demo', '--size', '700'], own)
    expect(demo).toMatchObject({ externalUsers: 700, created: 700, apiKey: expect.any(String) })
    expect(await place.json(['verify'], own)).toMatchObject({ ok: true, workspaces: [{ unsealed: 0 }] })
    const server = await place.serve(own)
    expect((await place.json(['demo', '--size', '1500'], own)).created).toBe(800)
    const found = await api(server.address, demo.apiKey)('GET', '/external-users?search=lovelace')
    expect(found.body).toMatchObject([{ name: 'Ada Lovelace' }])
    expect((await place.narthex(['backup', 'copy.db'], own)).stderr).toContain('pg_dump')
    await server.stop()
    await database.drop()
  })
})
