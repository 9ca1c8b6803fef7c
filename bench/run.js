// `npm run bench`: installs what the benchmarks compare with, builds Narthex as its users do, and starts.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** @param {string[]} args */
function npm(...args) {
  // Its output goes beside the report, which alone is on standard output.
  const { status } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync(join(import.meta.dirname, 'node_modules', '.package-lock.json'))) {
  console.error('Installing the peers into bench/node_modules. This happens once.')
  npm('ci', '--no-audit', '--no-fund', '--prefix', 'bench')
}
npm('run', '--silent', 'build')
const { main } = await import('./src/main.js')
process.exitCode = await main(process.argv.slice(2))
