// The report as Markdown: all of it for the file, the ratios for the documentation.
import { figureText, goals, judge, judgeAll, limitText } from '../goals.js'

/** @typedef {import('./report.js').Report} Report */

/** @param {Report} report */
export function markdownReport(report) {
  return [
    '# Narthex side by side',
    '',
    ...facts(report),
    '',
    '## Goals',
    '',
    ...goalTable(report),
    '',
    ...report.failures.flatMap(({ part, message }) => [`**${part} failed**: ${message}`, '']),
    '## What was measured',
    '',
    'CPU of the server process for each request: times that of the first line of each part, and microseconds in this run.',
    '',
    ...measuredTable(report, true),
    ...(report.remarks.length > 0 ? ['', ...report.remarks.map((remark) => `- ${remark}`)] : []),
    '',
    '## What is compared',
    '',
    ...Object.entries(report.subjects).map(([name, text]) => `- **${name}**: ${text}.`),
    '',
  ].join('\n')
}

/** Without any absolute time: those belong to one machine and one hour. @param {Report} report */
export function docsTables(report) {
  return [
    ...facts(report),
    '',
    ...goalTable({ ...report, findings: report.findings.filter(({ unit }) => unit !== 's') }),
    '',
    'CPU for each request, times the first line of each part:',
    '',
    ...measuredTable(report, false),
    '',
    ...Object.entries(report.subjects).map(([name, text]) => `- **${name}**: ${text}.`),
  ].join('\n')
}

/** What a first reader wants to know: Narthex's own ratio of each operation, and those of the peers that have one. */
const operations = [
  {
    part: 'authenticate',
    title: 'let somebody in, with a fresh token',
    own: 'Narthex, SQLite',
    also: 'Narthex, PostgreSQL',
  },
  { part: 'get', title: 'show one external user', own: 'Narthex' },
  { part: 'list', title: 'show a page of fifty that was shown before', own: 'Narthex, first page' },
  { part: 'create', title: 'create one, durably', own: 'Narthex, SQLite', also: 'Narthex, PostgreSQL' },
  { part: 'introspect', title: 'say whether a token is alive', own: 'Narthex, seen' },
]
const peers = ['better-auth', 'oidc-provider', 'parse-server']

/** The ratios alone, for the front page. @param {Report} report */
export function overviewTable({ measured }) {
  const ratioOf = (/** @type {string} */ part, /** @type {string | undefined} */ name) => {
    const found = measured.find((each) => each.part === part && each.name === name)
    return found ? figureText(found.ratio) : ''
  }
  const head = ['CPU for each request, × bare `node:http`', 'bare', 'Narthex', 'on PostgreSQL', ...peers]
  return [
    row(head),
    row(head.map(() => '---')),
    ...operations.map(({ part, title, own, also }) =>
      row([title, ...['bare', own, also, ...peers].map((name) => ratioOf(part, name))]),
    ),
  ].join('\n')
}

/** @param {Report} report */
function facts({ at, machine, pace }) {
  const world = pace.world.toLocaleString('en')
  return [
    `- measured: ${at.slice(0, 10)}, ${pace.rounds} rounds of ${pace.seconds} s, ${pace.connections} connections, ${world} external users`,
    ...Object.entries(machine).map(([name, text]) => `- ${name}: ${text}`),
  ]
}

/** @param {Report} report */
export function goalTable({ findings }) {
  const rows = goals.flatMap(({ id, title, elsewhere }) => {
    const own = findings.filter(({ goal }) => goal === id)
    if (own.length === 0) return [row([id, title, '', '', elsewhere ?? 'not measured in this run'])]
    return own.map((finding, place) =>
      row([
        place === 0 ? id : '',
        place === 0 ? `${title}: ${finding.what}` : finding.what,
        finding.figure === null ? '' : `${figureText(finding.figure)} ${finding.unit}${spreadText(finding.spread)}`,
        limitText(finding.limit),
        [bold(judge(finding)), finding.note].filter(Boolean).join(': '),
      ]),
    )
  })
  return [row(['goal', 'what', 'figure', 'limit', 'verdict']), row(['---', '---', '---', '---', '---']), ...rows]
}

/** @param {string} verdict */
function bold(verdict) {
  return verdict === 'short' ? '**short**' : verdict
}

/**
 * @param {Report} report
 * @param {boolean} withTimes
 */
function measuredTable({ measured }, withTimes) {
  const head = ['part', 'who', '×', ...(withTimes ? ['µs'] : []), 'what it really does for one request']
  return [
    row(head),
    row(head.map(() => '---')),
    ...measured.map(({ part, name, does, ratio, cpuMicroseconds, spread }, place) =>
      row([
        measured[place - 1]?.part === part ? '' : part,
        name,
        figureText(ratio),
        ...(withTimes ? [`${figureText(cpuMicroseconds)}${spreadText(spread)}`] : []),
        does,
      ]),
    ),
  ]
}

/** @param {number | undefined} spread */
function spreadText(spread) {
  return spread === undefined ? '' : ` ±${Math.round(spread * 100)} %`
}

/** @param {readonly string[]} cells */
function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
}

/** @param {Report} report */
export function summary({ findings }) {
  const verdicts = goals.map(({ id }) => judgeAll(findings.filter(({ goal }) => goal === id)))
  const count = (/** @type {string} */ verdict) => verdicts.filter((each) => each === verdict).length
  return { passed: count('pass'), short: count('short') }
}
