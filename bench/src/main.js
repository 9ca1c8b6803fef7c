// Reads the command line, measures part by part, prints and keeps the report.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { help, readArguments } from './arguments.js'
import { describeMachine, subjects } from './harness/machine.js'
import { pinSelf } from './harness/pin.js'
import { createStage } from './harness/stage.js'
import { median, ratios, spread } from './harness/statistics.js'
import { parts } from './parts/index.js'
import { writeDocs } from './report/docs.js'
import { markdownReport } from './report/markdown.js'
import { createProgress } from './report/progress.js'
import { merge } from './report/report.js'
import { terminalReport } from './report/terminal.js'
import { removeLeftovers, root } from './worlds/folders.js'

/** @typedef {import('./report/report.js').Report} Report */

/**
 * @param {string[]} args
 * @returns {Promise<number>} The exit code: 0 also when goals are short, because that is an answer; 1 when a part failed.
 */
export async function main(args) {
  /** @type {import('./arguments.js').Arguments} */
  let options
  try {
    options = readArguments(args)
  } catch (error) {
    console.error(/** @type {Error} */ (error).message)
    return 2
  }
  if (options.help) return (console.log(help), 0)
  const report = options.from.length > 0 ? merge(options.from.map(readReport)) : await measureAll(options)
  if (options.from.length === 0) keep(report)
  if (options.writeDocs) writeDocs(report)
  const colour = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR
  console.log(options.json ? JSON.stringify(report, null, 2) : terminalReport(report, colour))
  return report.failures.length === 0 ? 0 : 1
}

/**
 * @param {import('./arguments.js').Arguments} options
 * @returns {Promise<Report>}
 */
async function measureAll({ names, rounds, seconds, connections, world, referrals, minutes }) {
  removeLeftovers()
  pinSelf()
  const progress = createProgress()
  const stage = createStage({ size: world, referrals, rounds, seconds, connections, minutes, progress })
  /** @type {Report} */
  const report = {
    at: new Date().toISOString(),
    machine: describeMachine(),
    subjects,
    pace: { rounds, seconds, connections, world },
    parts: names,
    measured: [],
    findings: [],
    remarks: [],
    failures: [],
  }
  try {
    for (const part of parts.filter(({ name }) => names.includes(name))) {
      progress.part(part.name)
      await part.run(stage).then(
        (result) => add(report, part.name, result),
        (error) => report.failures.push({ part: part.name, message: String(error?.message ?? error) }),
      )
    }
  } finally {
    progress.end()
    await stage.stop()
  }
  return report
}

/**
 * @param {Report} report
 * @param {string} part
 * @param {import('./harness/stage.js').PartResult} result
 */
function add(report, part, { measured = [], findings, remarks = [] }) {
  const base = measured[0]?.cpuMicroseconds ?? []
  for (const { name, does, cpuMicroseconds } of measured) {
    const [ratio, own] = [median(ratios(cpuMicroseconds, base)), median(cpuMicroseconds)]
    report.measured.push({ part, name, does, ratio, cpuMicroseconds: own, spread: spread(cpuMicroseconds) })
  }
  report.findings.push(...findings.map((finding) => ({ ...finding, part })))
  report.remarks.push(...remarks.map((remark) => `${part}: ${remark}`))
}

/** @param {string} file @returns {Report} */
function readReport(file) {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** @param {Report} report */
function keep(report) {
  const folder = join(root, 'bench', 'reports')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, report.at.replaceAll(/[:.]/g, '-'))
  writeFileSync(`${file}.json`, JSON.stringify(report, null, 2))
  writeFileSync(`${file}.md`, markdownReport(report))
  console.error(`The report is in ${file}.md and .json`)
}
