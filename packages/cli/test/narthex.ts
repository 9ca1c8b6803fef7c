// The real command in a process of its own, with a data folder of its own.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
export const command = join(root, 'packages/cli/bin/narthex.js')
const packages = ['contract', 'sdk', 'server', 'cli']

export type Settings = Readonly<Record<string, string>>

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  /** What it has said on standard output so far. */
  said(): string
  /** Resolves when standard output holds the text; rejects when the process ended without. */
  says(text: string | RegExp): Promise<string>
}

/**
 * The command under test is the build, because that is what people run. It is built here only when it is missing or
 * older than the sources, so that a single suite can be run without thinking of it; `npm test` has built it before.
 */
export async function built(): Promise<void> {
  const lock = join(root, 'node_modules/.narthex-building')
  // Suites run side by side, and two builds at once would read each other's half-written files.
  const end = Date.now() + 100_000
  while (
    !(await mkdir(lock).then(
      () => true,
      () => false,
    ))
  ) {
    if (Date.now() > end) throw new Error(`Another build holds ${lock}: delete it if there is none`)
    await sleep(200)
  }
  try {
    if (await isFresh()) return
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const { code, stdout } = await start([compiler, '-b'], {}).ended
    if (code !== 0) throw new Error(`The build failed:\n${stdout}`)
  } finally {
    await rm(lock, { recursive: true })
  }
}

async function isFresh(): Promise<boolean> {
  for (const name of packages) {
    const folder = join(root, 'packages', name)
    const build = await stat(join(folder, 'dist/.tsbuildinfo')).catch(() => null)
    const files = await readdir(join(folder, 'src'), { recursive: true })
    for (const file of files.filter((each) => each.endsWith('.ts') && !each.endsWith('.test.ts'))) {
      if (!build || (await stat(join(folder, 'src', file))).mtimeMs > build.mtimeMs) return false
    }
  }
  return true
}

export interface Place {
  readonly dataDir: string
  /** Runs the command to its end. */
  narthex(args: readonly string[], settings?: Settings): Promise<Ended>
  /** The same, for the answer of --json; fails unless it exits with 0 and says one JSON object and nothing else. */
  json(args: readonly string[], settings?: Settings): Promise<any>
  start(args: readonly string[], settings?: Settings): Running
  /** Starts `serve` on a free port and waits until it listens. */
  serve(settings?: Settings): Promise<Running & { address: string; stop(): Promise<Ended> }>
  remove(): Promise<void>
}

export async function createPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'narthex-cli-'))
  const dataDir = join(folder, 'data')
  const started: Running[] = []
  const run = (args: readonly string[], settings: Settings = {}) => {
    const running = start([command, ...args], { NARTHEX_DATA_DIR: dataDir, NARTHEX_PORT: '0', ...settings }, folder)
    started.push(running)
    return running
  }
  return {
    dataDir,
    start: run,
    narthex: (args, settings) => run(args, settings).ended,
    async json(args, settings) {
      const { code, stdout, stderr } = await run([...args, '--json'], settings).ended
      if (code !== 0 || !/^\{.*\}\n$/.test(stdout)) throw new Error(`exit ${code}: ${stdout}${stderr}`)
      return JSON.parse(stdout)
    },
    async serve(settings) {
      const running = run(['serve'], settings)
      const address = /^listening on (.*)$/m.exec(await running.says(/^listening on .*\n/m))?.[1] as string
      const stop = () => {
        running.process.kill('SIGTERM')
        return running.ended
      }
      return { ...running, address, stop }
    },
    async remove() {
      for (const { process, ended } of started) {
        process.kill('SIGKILL')
        await ended
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Settings of the shell that runs the tests must not reach the command. */
function start(args: readonly string[], settings: Settings, cwd = root): Running {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(NARTHEX_|NODE_OPTIONS|NODE_ENV|VITEST)/.test(key))
  const child = spawn(process.execPath, args, { cwd, env: { ...Object.fromEntries(inherited), ...settings } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })))
  const holds = (text: string | RegExp) => (typeof text === 'string' ? stdout.includes(text) : text.test(stdout))
  return {
    process: child,
    ended,
    said: () => stdout,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => holds(text) && resolve(stdout)
        child.stdout.on('data', look)
        ended.then(() => (holds(text) ? resolve(stdout) : reject(new Error(`It ended: ${stdout}${stderr}`))), reject)
        look()
      }),
  }
}

/** One line, for a person: no stack, nothing before or after. */
export const oneClearLine = /^narthex: [^\n]+\n$/
