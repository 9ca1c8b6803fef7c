// Interleaved rounds: A B C, A B C, …, so that what disturbs the machine for a while disturbs all alike.
import { load, marked } from './load.js'
import { usageOf } from './usage.js'

/**
 * @typedef {object} Case Something that is measured beside others.
 * @property {string} name
 * @property {string} does What the server really does for one request, in a line.
 * @property {{ origin: string, process: import('./process.js').Process }} server
 * @property {readonly import('./load.js').Request[] | ((round: number) => Promise<readonly import('./load.js').Request[]>)} requests
 * @property {number} [status] What every answer must have; 200 unless given.
 * @property {boolean} [once] No request is sent twice: a turn ends when they run out.
 * @property {number} [connections] Instead of everybody's number.
 * @property {number} [seconds] Likewise.
 */

/**
 * @typedef {object} Samples What the rounds measured of one case.
 * @property {string} name
 * @property {string} does
 * @property {number[]} cpuMicroseconds Of the server process, for each request; one value for each round.
 */

/** @typedef {{ rounds: number, seconds: number, connections: number, onTurn?: (done: number, of: number, name: string) => void }} Pace */

/**
 * One round more than asked for comes first and is not counted: it warms up code, caches and connections.
 * @param {readonly Case[]} cases
 * @param {Pace} pace
 * @returns {Promise<Map<string, Samples>>}
 */
export async function measure(cases, pace) {
  /** @type {Map<string, Samples>} */
  const samples = new Map(cases.map(({ name, does }) => [name, { name, does, cpuMicroseconds: [] }]))
  for (const each of cases) await requireAnswer(each)
  const turns = cases.length * (pace.rounds + 1)
  for (let turn = 0; turn < turns; turn += 1) {
    const each = /** @type {Case} */ (cases[turn % cases.length])
    pace.onTurn?.(turn, turns, each.name)
    const round = Math.floor(turn / cases.length)
    const cpuMicroseconds = await oneTurn(each, round, pace)
    if (round > 0) samples.get(each.name)?.cpuMicroseconds.push(cpuMicroseconds)
  }
  pace.onTurn?.(turns, turns, '')
  return samples
}

/**
 * @param {Case} each
 * @param {number} round
 * @param {Pace} pace
 */
async function oneTurn(each, round, { seconds, connections }) {
  const { server, requests, once = false } = each
  const sent = typeof requests === 'function' ? await requests(round) : requests
  const before = await usageOf(server.process)
  const result = await load({
    origin: server.origin,
    requests: sent,
    seconds: each.seconds ?? seconds,
    connections: each.connections ?? connections,
    once,
  })
  const after = await usageOf(server.process)
  requireGood(each, result)
  return ((after.cpuSeconds - before.cpuSeconds) * 1e6) / result.answers
}

/**
 * A figure of refusals or of half the requests would be a wrong figure, so there is none.
 * @param {Case} each
 * @param {import('./load.js').LoadResult} result
 */
function requireGood({ name, status = 200 }, { answers, refused, broken, failures }) {
  const wrong = status < 400 ? refused : answers - refused
  if (answers === 0) throw new Error(`${name}: nothing was answered`)
  if (wrong > 0) throw new Error(`${name}: ${wrong} of ${answers} answers were not ${status}`)
  if (broken > 0) throw new Error(`${name}: ${broken} requests were not answered: ${failures}`)
}

/**
 * Wrong requests are found before anything is measured, with the words of the server.
 * @param {Case} each
 */
async function requireAnswer({ name, server, requests, status = 200 }) {
  if (typeof requests === 'function') return
  const { method, path, headers, body } = /** @type {import('./load.js').Request} */ (marked(requests.slice(0, 1))[0])
  const sent = body?.replace('##########', '0000000000')
  const answer = await fetch(server.origin + path, { method, headers, ...(sent !== undefined && { body: sent }) })
  const text = await answer.text()
  if (answer.status !== status) throw new Error(`${name}: answered ${answer.status} instead of ${status}: ${text}`)
}
