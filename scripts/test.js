// The one test command: every check in order, the cheap ones first; stops at the first that fails. Arguments go to vitest.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const colour = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (code, text) => (colour ? `\u001B[${code}m${text}\u001B[0m` : text)
const environment = {
  ...process.env,
  // The tools of this repository come first, however this script was started.
  PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  // No check asks a host outside for anything.
  REDOCLY_TELEMETRY: 'off',
  REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
  DO_NOT_TRACK: '1',
  NO_UPDATE_NOTIFIER: '1',
  // Output that passes through this script is not a terminal's to the tools.
  ...(colour ? { FORCE_COLOR: '1' } : { NO_COLOR: '1', FORCE_COLOR: undefined }),
}

/** Runs a command with its output shown, and handed to `onOutput` too; resolves to whether it succeeded. */
function run(command, args, onOutput = null) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: environment,
      stdio: ['ignore', onOutput ? 'pipe' : 'inherit', 'inherit'],
      // A shell on Windows, where the tools are scripts of its own.
      shell: process.platform === 'win32',
    })
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text)
      onOutput(text)
    })
    child.once('error', (error) => {
      console.error(`${command} could not be run: ${error.message}`)
      resolve(false)
    })
    child.once('close', (code) => resolve(code === 0))
  })
}

async function step(name, work) {
  console.log(`\n${paint('1;36', `── ${name}`)}`)
  const start = performance.now()
  const passed = await work()
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(
    passed ? paint('32', `   ${name}: passed in ${seconds} s`) : paint('31', `   ${name}: FAILED after ${seconds} s`),
  )
  return passed
}

const checks = [
  ['Build', async () => (await run('tsc', ['-b'])) && run('node', ['scripts/bundle.js'])],
  ['Formatting', () => run('oxfmt', ['--check', '.'])],
  ['Lint', () => run('oxlint', [])],
  ['Types of tests', () => run('tsc', ['-p', 'tsconfig.test.json'])],
  ['Generated files are up to date', () => run(process.execPath, [join(root, 'scripts', 'generate.js'), '--check'])],
  ['OpenAPI document', () => run('redocly', ['lint', 'openapi.json'])],
]

/** What the contract suite measured and printed operation by operation, as sums that nobody can miss. */
function printCoverage(output) {
  const blocks = output.match(/^Operations by codes seen .*(\n.+)*/gm) ?? []
  for (const block of blocks) {
    const [heading, ...lines] = block.split('\n')
    const counts = lines.map((line) => /(\d+)\/(\d+)/.exec(line)).filter(Boolean)
    const sum = (part) => counts.reduce((total, match) => total + Number(match[part]), 0)
    const database = /on (\w+):$/.exec(heading)?.[1] ?? 'one database'
    console.log(
      `Contract coverage on ${database}: ${counts.length} operations, ${sum(1)} of ${sum(2)} declared answers seen`,
    )
  }
}

/** Counts of vitest's own report. A file that could not even be loaded counts as one failure: its tests did not run. */
async function countsOf(file) {
  const report = JSON.parse(await readFile(file, 'utf8'))
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded.length }
}

async function runTests(args) {
  const folder = await mkdtemp(join(tmpdir(), 'narthex-test-report-'))
  const report = join(folder, 'report.json')
  let output = ''
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const ended = await run('vitest', ['run', ...reporters, ...args], (text) => (output += text))
    printCoverage(output)
    const { passed, failed } = existsSync(report) ? await countsOf(report) : { passed: 0, failed: 1 }
    if (passed + failed === 0) console.error('No test ran at all.')
    // An error outside any test fails the run without a failed test.
    return { passed, failed: failed === 0 && (!ended || passed === 0) ? 1 : failed }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function main() {
  const begun = performance.now()
  let counts = { passed: 0, failed: 1 }
  let stopped = false
  for (const [name, work] of checks) {
    stopped = !(await step(name, work))
    if (stopped) break
  }
  if (!stopped) {
    await step('Tests', async () => {
      counts = await runTests(process.argv.slice(2).filter((argument, i) => i > 0 || argument !== '--'))
      return counts.failed === 0
    })
  }
  console.log(`\nWhole run: ${((performance.now() - begun) / 1000).toFixed(0)} s`)
  console.log(`${counts.passed} passed, ${counts.failed} failed`)
  process.exitCode = counts.failed === 0 ? 0 : 1
}

await main()
