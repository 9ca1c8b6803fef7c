// Keeps a server busy for a while and tells what came back. wrk does it when it is installed, autocannon otherwise.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { versionOf } from '../subjects/version.js'
import { run } from './process.js'

/**
 * @typedef {object} Request
 * @property {string} method
 * @property {string} path
 * @property {Record<string, string>} [headers]
 * @property {string} [body] `##########` becomes a number of its own in each request, `@run@` a text of its own in each run.
 */

/**
 * @typedef {object} LoadOptions
 * @property {string} origin
 * @property {readonly Request[]} requests Sent one after the other, then again from the first.
 * @property {number} seconds
 * @property {number} connections
 * @property {boolean} [once] None of them is sent twice: it ends when they run out.
 * @property {number} [pauseMs] Before each request, on average.
 * @property {boolean} [statuses] Count answers by status, which costs the load generator some of its pace.
 */

/**
 * @typedef {object} LoadResult
 * @property {number} answers
 * @property {number} seconds
 * @property {number} refused Answers of 400 and above.
 * @property {number} broken Connections and answers that never came to an end.
 * @property {string} failures The same, told apart as far as the generator does.
 * @property {number} p50 Microseconds.
 * @property {number} p99
 * @property {Record<string, number>} statuses
 * @property {number} retries Answers with `Retry-After`.
 */

const wrk = spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout?.match(/wrk \S+/)?.[0]

export const generator = wrk ?? `autocannon ${versionOf('autocannon')}`

/**
 * @param {LoadOptions} options
 * @returns {Promise<LoadResult>}
 */
export async function load(options) {
  const requests = marked(options.requests)
  return wrk ? loadByWrk({ ...options, requests }) : loadByAutocannon({ ...options, requests })
}

/**
 * With the text of this run in the place of `@run@`.
 * @param {readonly Request[]} requests
 * @returns {Request[]}
 */
export function marked(requests) {
  const mark = randomBytes(4).toString('hex')
  return requests.map(({ body, ...request }) =>
    body === undefined ? request : { ...request, body: body.replaceAll('@run@', mark) },
  )
}

/**
 * @param {LoadOptions} options
 * @returns {Promise<LoadResult>}
 */
async function loadByWrk({ origin, requests, seconds, connections, once, pauseMs = 0, statuses }) {
  const folder = mkdtempSync(join(tmpdir(), 'narthex-bench-'))
  try {
    const file = join(folder, 'requests')
    writeFileSync(file, requests.map((request) => rawRequest(origin, request)).join('\0'))
    const script = join(import.meta.dirname, 'wrk.lua')
    const own = [file, once ? 'once' : 'again', String(pauseMs), statuses ? 'statuses' : 'plain']
    const settings = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout=30s', '-s', script, origin]
    const output = await run('wrk', [...settings, '--', ...own])
    return JSON.parse(output.slice(output.lastIndexOf('\n{') + 1))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} origin
 * @param {Request} request
 */
function rawRequest(origin, { method, path, headers = {}, body }) {
  const fields = { host: new URL(origin).host, ...headers }
  if (body !== undefined) Object.assign(fields, { 'content-length': String(Buffer.byteLength(body)) })
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}`
}

/**
 * @param {LoadOptions} options
 * @returns {Promise<LoadResult>}
 */
async function loadByAutocannon({ origin, requests, seconds, connections, once, pauseMs = 0 }) {
  let sent = 0
  const next = (/** @type {object} */ client) => {
    const { method, path, headers, body } = /** @type {Request} */ (requests[sent % requests.length])
    sent += 1
    const own = body?.replace('##########', String(sent).padStart(10, '0'))
    return { ...client, method, path, headers, body: own }
  }
  const pace = pauseMs > 0 ? { overallRate: Math.ceil((connections * 1000) / pauseMs) } : {}
  const end = once ? { amount: requests.length } : { duration: seconds }
  const settings = { url: origin, connections, ...end, ...pace, requests: [{ setupRequest: next }] }
  const result = await autocannon(/** @type {any} */ (settings))
  const codes = /** @type {Record<string, { count: number }>} */ (/** @type {any} */ (result).statusCodeStats ?? {})
  const statuses = Object.fromEntries(Object.entries(codes).map(([code, { count }]) => [code, count]))
  return {
    answers: result['2xx'] + result.non2xx,
    seconds: result.duration,
    refused: result['4xx'] + result['5xx'],
    broken: result.errors,
    failures: `${result.errors} errors, ${result.timeouts} of them timeouts`,
    p50: result.latency.p50 * 1000,
    p99: result.latency.p99 * 1000,
    statuses,
    // It hands no header fields over; whoever needs them runs wrk.
    retries: 0,
  }
}
