// What a server process has used: CPU time, memory, descriptors.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { spawnSync } from 'node:child_process'

/** @typedef {{ cpuSeconds: number, residentBytes: number }} Usage */

export const hasProc = existsSync('/proc/self/stat')

const ticksPerSecond = hasProc ? Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100 : 100

/**
 * Of all threads of a process. Where there is no /proc the process is asked itself (`probe.js`).
 * @param {import('./process.js').Process} process
 * @returns {Promise<Usage>}
 */
export async function usageOf(process) {
  return hasProc ? usageFromProc(process.pid) : process.ask()
}

/** @param {number} pid */
function usageFromProc(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may hold spaces, so fields are counted from behind it: utime is the 14th, stime the 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  return { cpuSeconds, residentBytes: residentBytes(pid) }
}

/** @param {number} pid */
function residentBytes(pid) {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(line?.[1] ?? 0) * 1024
}

/**
 * null where the system does not tell.
 * @param {number} pid
 */
export function openDescriptors(pid) {
  return hasProc ? readdirSync(`/proc/${pid}/fd`).length : null
}
