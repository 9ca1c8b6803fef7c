// The report for a person at a terminal.
import { figureText, goals, judge, limitText } from '../goals.js'
import { summary } from './markdown.js'

const colours = { pass: 32, short: 31, reported: 36, 'not measured': 33 }

/**
 * @param {import('./report.js').Report} report
 * @param {boolean} colour
 */
export function terminalReport(report, colour) {
  const paint = (/** @type {number | string} */ code, /** @type {string} */ text) =>
    colour ? `\u001B[${code}m${text}\u001B[0m` : text
  const { machine, pace } = report
  const { passed, short } = summary(report)
  return [
    paint(1, 'Narthex side by side'),
    ...Object.entries(machine).map(([name, text]) => `${name.padEnd(9)} ${text}`),
    `rounds    ${pace.rounds} of ${pace.seconds} s after one that warms up, ${pace.connections} connections, ${pace.world.toLocaleString('en')} external users`,
    '',
    ...measuredLines(report, paint),
    ...report.remarks.map((remark) => `  ${remark}`),
    '',
    paint(1, 'Who is compared'),
    ...Object.entries(report.subjects).map(([name, text]) => `  ${name.padEnd(14)} ${text}`),
    '',
    paint(1, 'Goals'),
    ...goalLines(report, paint),
    '',
    `${passed} goals reached, ${short} short`,
    ...report.failures.map(({ part, message }) => paint(31, `${part} FAILED: ${message}`)),
  ].join('\n')
}

/**
 * @param {import('./report.js').Report} report
 * @param {(code: number | string, text: string) => string} paint
 */
function measuredLines({ measured }, paint) {
  return measured.flatMap(({ part, name, does, ratio, cpuMicroseconds, spread }, place) => {
    const first = measured[place - 1]?.part !== part
    const figures = `× ${figureText(ratio).padStart(6)}  ${figureText(cpuMicroseconds).padStart(7)} µs ±${String(Math.round(spread * 100)).padStart(2)} %`
    return [
      ...(first ? ['', `${paint(1, part)}  CPU for each request, × ${name}`] : []),
      `  ${name.padEnd(22)} ${figures}  ${paint(2, does)}`,
    ]
  })
}

/**
 * @param {import('./report.js').Report} report
 * @param {(code: number | string, text: string) => string} paint
 */
function goalLines({ findings }, paint) {
  return goals.flatMap(({ id, title, elsewhere }) => {
    const own = findings.filter(({ goal }) => goal === id)
    if (own.length === 0) return elsewhere ? [`  ${id.padEnd(11)}${title}: ${paint(2, elsewhere)}`] : []
    return [
      `  ${id.padEnd(11)}${title}`,
      ...own.map((finding) => {
        const verdict = judge(finding)
        const spread = finding.spread === undefined ? '' : ` ±${Math.round(finding.spread * 100)} %`
        const figure = finding.figure === null ? '' : `${figureText(finding.figure)} ${finding.unit}${spread}`
        const text = `${figure.padEnd(26)} ${limitText(finding.limit).padEnd(8)}`
        const note = finding.note ? `  ${paint(2, finding.note)}` : ''
        return `             ${finding.what.padEnd(54)} ${text} ${paint(colours[verdict], verdict)}${note}`
      }),
    ]
  })
}
