// Starts a server as a process of its own and waits until it says that it is ready.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { pinned } from './pin.js'
import { hasProc } from './usage.js'

/**
 * @typedef {object} Process
 * @property {number} pid
 * @property {string} ready What the line that told of readiness captured.
 * @property {() => Promise<import('./usage.js').Usage>} ask
 * @property {() => Promise<void>} stop
 */

/**
 * @typedef {object} ProcessOptions
 * @property {string} command
 * @property {readonly string[]} args
 * @property {RegExp} ready A line of the output, with one group.
 * @property {Record<string, string>} [env] Beside the environment of this process.
 * @property {import('./pin.js').Place} [place]
 * @property {string} [cwd]
 * @property {number} [uid]
 * @property {number} [gid]
 * @property {NodeJS.Signals} [stopBy]
 * @property {number} [readyWithinMs] A large world may have to be migrated first.
 */

/** Nothing that was started outlives this process. @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')))
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.once(signal, () => process.exit(1))

/**
 * @param {ProcessOptions} options
 * @returns {Promise<Process>}
 */
export async function startProcess({ command, args, ready, place = 'server', readyWithinMs = 120_000, ...options }) {
  const probe = hasProc ? {} : { NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'probe.js'))}` }
  const child = spawn(...pinned(place, command, args), {
    cwd: options.cwd,
    env: { ...process.env, ...probe, ...options.env },
    ...(options.uid !== undefined && { uid: options.uid, gid: options.gid }),
    stdio: hasProc ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  const ended = once(child, 'close').then(() => running.delete(child))
  const stop = async () => {
    if (!running.has(child)) return
    child.kill(options.stopBy ?? 'SIGTERM')
    const patience = setTimeout(() => child.kill('SIGKILL'), 30_000)
    await ended
    clearTimeout(patience)
  }
  const name = [command, ...args].join(' ')
  const found = await lineOf(child, ready, readyWithinMs).catch(async (error) => {
    await stop()
    throw new Error(`${name} did not start: ${error.message}`)
  })
  return { pid: /** @type {number} */ (child.pid), ready: found, ask: () => ask(child), stop }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {RegExp} pattern
 * @param {number} withinMs
 * @returns {Promise<string>}
 */
function lineOf(child, pattern, withinMs) {
  return new Promise((resolve, reject) => {
    let output = ''
    let found = false
    const patience = setTimeout(() => reject(new Error(`not ready within ${withinMs} ms:\n${output}`)), withinMs)
    const read = (/** @type {Buffer} */ chunk) => {
      // Read on for ever, or the process would wait with a full pipe.
      if (process.env.BENCH_ECHO) process.stderr.write(chunk)
      if (found) return
      output = (output + chunk.toString()).slice(-4_000)
      const match = pattern.exec(output)
      if (!match) return
      found = true
      clearTimeout(patience)
      resolve(match[1] ?? '')
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', reject)
    child.once('close', (code) => {
      clearTimeout(patience)
      reject(new Error(`ended with code ${code}:\n${output}`))
    })
  })
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<import('./usage.js').Usage>}
 */
async function ask(child) {
  child.send('usage')
  const [usage] = await once(child, 'message')
  return usage
}

/**
 * Runs a command to its end and answers its standard output.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, place?: import('./pin.js').Place, uid?: number, gid?: number }} [options]
 * @returns {Promise<string>}
 */
export async function run(command, args, { env, place = 'load', uid, gid } = {}) {
  const child = spawn(...pinned(place, command, args), {
    env: { ...process.env, ...env },
    ...(uid !== undefined && { uid, gid }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let [output, faults] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (faults = (faults + text).slice(-4_000)))
  const [code] = await once(child, 'close')
  running.delete(child)
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with code ${code}:\n${faults}`)
  return output
}
