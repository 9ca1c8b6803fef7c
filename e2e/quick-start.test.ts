// The README's quick start, word for word, against a fresh start of the built product.
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const readmeAddress = 'http://127.0.0.1:8080'

// The product needs neither; the README is typed into a terminal that has both.
const missing = ['bash', 'curl'].filter((command) => spawnSync(command, ['--version']).error !== undefined)
if (missing.length > 0) {
  console.warn(`\n!!! ${missing.join(' and ')} not found: THE QUICK START OF THE README IS NOT TESTED !!!\n`)
}

let folder: string
let environment: NodeJS.ProcessEnv
let server: ChildProcess
let address: string
let apiKey: string
let memberToken: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'narthex-quick-start-'))
  const foreign = Object.keys(process.env).filter((name) => name.startsWith('NARTHEX_'))
  environment = {
    ...process.env,
    ...Object.fromEntries(foreign.map((name) => [name, undefined])),
    NARTHEX_DATA_DIR: folder,
    NARTHEX_PORT: '0',
    NARTHEX_LOG_LEVEL: 'silent',
  }
  server = spawn(process.execPath, ['packages/cli/bin/narthex.js', 'serve'], { cwd: root, env: environment })
  const shown = await untilListening(server)
  address = /listening on (\S+)/.exec(shown)?.[1] as string
  apiKey = /nxk_\w+/.exec(shown)?.[0] as string
  memberToken = /nxm_\w+/.exec(shown)?.[0] as string
})

afterAll(async () => {
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGTERM')
  await ended
  await rm(folder, { recursive: true, force: true })
})

function untilListening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let shown = ''
    const add = (text: Buffer) => {
      shown += text.toString()
      if (shown.includes('listening on')) resolve(shown)
    }
    child.stdout?.on('data', add)
    child.stderr?.on('data', add)
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${shown}`)))
  })
}

/** What is typed into the second terminal. */
async function commands(): Promise<string[]> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const section = readme.slice(readme.indexOf('## Quick start'), readme.indexOf('## On PostgreSQL'))
  const [start, ...rest] = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block as string)
  expect(start).toBe('npm ci && npm start\n')
  return rest
}

describe.skipIf(missing.length > 0)('the quick start of the README', () => {
  it('lists, authenticates, verifies, blocks, refers, admits and revokes, and finds dead what should be dead', async () => {
    const script = (await commands())
      .join("echo '-----'\n")
      .replace('nxk_...', apiKey)
      .replace('nxm_...', memberToken)
      .replaceAll(readmeAddress, address)
    const { stdout } = await promisify(execFile)('bash', ['-euc', script], { cwd: root, env: environment })
    const parts = stdout.split('-----\n')
    const [demo, list, authenticated, verified, blocked, offline, lifted, referred, admitted, revoked, chain] = parts
    expect(demo).toContain('2000 external users')
    expect(JSON.parse(list as string)).toMatchObject([{ name: 'Ada Lovelace', externalId: 'demo-ada', blocked: false }])
    expect(JSON.parse(authenticated as string)).toMatchObject({
      externalId: 'demo-ada',
      accessToken: expect.any(String),
    })
    expect(verified).toMatch(/^Ada Lovelace is let in until \d{4}-\d{2}-\d{2}T/)
    expect(blocked).toContain('"reach":"person"')
    expect(blocked).toContain('{"active":false}')
    expect(blocked).toContain('"code":"external_user_blocked"')
    expect(blocked).toMatch(/ 403\n$/)
    expect(offline).toBe('refused: revoked\n')
    expect(JSON.parse(lifted as string)).toMatchObject({ reach: 'person', liftedAt: expect.any(String) })
    expect(referred).toMatch(/^\{"code":"admission_required".* 403\n\{.*"status":"REFERRED"/)
    expect(admitted).toMatch(/"status":"ADMITTED".*\n.*"accessToken":"ey/)
    expect(revoked).toMatch(/ is REVOKED, version .*\n\{"code":"admission_ended".* 403\n$/)
    expect(chain).not.toMatch(/broken|missing|does not match/)
  })
})
