// Which core does what: the server that is measured has one to itself, everything else gets the others.
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

export const cores = availableParallelism()

const canPin =
  cores > 1 && process.platform === 'linux' && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0

/** @typedef {'server' | 'load' | 'two' | 'all'} Place */

/** `two`: a server on two cores; with two cores in all it shares one of them with the load. */
const places = { server: '0', load: `1-${cores - 1}`, two: '0-1', all: `0-${cores - 1}` }

export const pinning = canPin
  ? `server on core 0, load and databases on ${cores === 2 ? 'core 1' : `cores ${places.load}`}`
  : 'not pinned: taskset is missing or there is one core'

/**
 * A command line that runs in the given place. `taskset` becomes what it starts, so the process keeps its id.
 * @param {Place} place
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {[string, string[]]}
 */
export function pinned(place, command, args) {
  return canPin ? ['taskset', ['-c', places[place], command, ...args]] : [command, [...args]]
}

/** This process is part of the load. */
export function pinSelf() {
  if (canPin) spawnSync('taskset', ['-a', '-p', '-c', places.load, String(process.pid)], { stdio: 'ignore' })
}
