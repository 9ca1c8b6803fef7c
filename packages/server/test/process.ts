// The built command in a process of its own: for everything that ends with the process.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { testSecret } from './test-server.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const startMs = 30_000

export interface ServerProcess {
  readonly address: string
  /** The API key that this start printed; null when it printed none. */
  readonly apiKey: string | null
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals>
}

/** Compiles what has changed since the last build, so that no stale server is tested. */
export async function buildCommand(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], { cwd: root })
}

/** Starts `narthex serve` and resolves when it listens. */
export async function startProcess(environment: Record<string, string>): Promise<ServerProcess> {
  const child = spawn(process.execPath, [join(root, 'packages/cli/bin/narthex.js'), 'serve'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      NARTHEX_PORT: '0',
      NARTHEX_SECRET: testSecret,
      NARTHEX_LOG_LEVEL: 'error',
      NARTHEX_RATE_LIMIT: 'off',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  const printed = await untilListening(child)
  return {
    address: /^listening on (http:\S+)$/m.exec(printed)?.[1] as string,
    apiKey: /\bnxk_\w+/.exec(printed)?.[0] ?? null,
    ended,
    kill(signal) {
      child.kill(signal)
      return ended
    },
  }
}

function untilListening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    let complaints = ''
    const fail = (why: string) => {
      child.kill('SIGKILL')
      reject(new Error(`The server ${why}: ${complaints || printed}`))
    }
    const timer = setTimeout(() => fail('did not start in time'), startMs)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (!/^listening on \S+$/m.test(printed)) return
      clearTimeout(timer)
      resolve(printed)
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-4_000)))
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`ended with ${code ?? signal}`)
    })
  })
}
