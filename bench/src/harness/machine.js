// What the figures were measured on and with.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import * as bare from '../subjects/bare.js'
import * as betterAuth from '../subjects/better-auth.js'
import * as narthex from '../subjects/narthex.js'
import * as oidcProvider from '../subjects/oidc-provider.js'
import * as parseServer from '../subjects/parse-server.js'
import { root } from '../worlds/folders.js'
import { generator } from './load.js'
import { cores, pinning } from './pin.js'
import { hasProc } from './usage.js'

/** @returns {Record<string, string>} */
export function describeMachine() {
  const git = (/** @type {string[]} */ ...args) =>
    spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim()
  const changed = git('status', '--porcelain', '--', 'packages') ? ', with changes' : ''
  return {
    machine: `${cores} cores, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
    narthex: `${versionOf('packages/server')}, commit ${git('rev-parse', '--short', 'HEAD') || 'unknown'}${changed}`,
    load: `${generator}, ${pinning}`,
    cpu: hasProc
      ? 'utime + stime of the server process, all threads, from /proc'
      : 'process.cpuUsage of the server process',
  }
}

/** What is compared, in the words of its own file. */
export const subjects = {
  'node:http': 'a server of node:http alone; POST collects the body, parses it as JSON and answers 300 bytes of JSON',
  bare: bare.describes,
  Narthex: narthex.describes,
  'better-auth': betterAuth.describes,
  'oidc-provider': oidcProvider.describes,
  'parse-server': parseServer.describes,
}

/** @param {string} folder */
function versionOf(folder) {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version
}
