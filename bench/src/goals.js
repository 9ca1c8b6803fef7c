// What is to be reached, and whether it was. The numbers are those of docs/performance.md.

/**
 * @typedef {object} Finding One figure, and what it is held against.
 * @property {string} goal `P1`, …, or `referrals`, `overload`, `soak`.
 * @property {string} what What is compared with what.
 * @property {number | null} figure null: not measured, and `note` says why.
 * @property {string} unit
 * @property {number} [spread] Share of the figure.
 * @property {{ atMost: number } | { atLeast: number } | null} limit null: reported, not judged.
 * @property {string} [note]
 */

/** @typedef {'pass' | 'short' | 'reported' | 'not measured'} Verdict */

/** @type {readonly { id: string, title: string, elsewhere?: string }[]} */
export const goals = [
  { id: 'P1', title: 'authenticate on SQLite, with a token signed for it' },
  { id: 'P2', title: 'authenticate beside peers' },
  { id: 'P3', title: 'authenticate on PostgreSQL' },
  { id: 'P4', title: 'get one external user' },
  { id: 'P5', title: 'a filtered page of 50' },
  { id: 'P6', title: 'durable create with its event' },
  { id: 'P7', title: 'introspection' },
  { id: 'P8', title: 'substring search' },
  { id: 'P9', title: 'growth' },
  { id: 'P10', title: 'a second core' },
  { id: 'P11', title: 'start and rest with 1 M external users' },
  { id: 'P12', title: 'keys that open nothing' },
  { id: 'P13', title: 'import of 1 M external users', elsewhere: 'comes with the import' },
  { id: 'P14', title: 'a block felt by offline verifiers', elsewhere: 'comes with the measurement of the stream' },
  { id: 'referrals', title: 'lists of many referrals' },
  { id: 'overload', title: 'three times as many requests as it can answer' },
  { id: 'soak', title: 'twenty minutes of work' },
]

/**
 * @param {Finding} finding
 * @returns {Verdict}
 */
export function judge({ figure, limit }) {
  if (figure === null) return 'not measured'
  if (limit === null) return 'reported'
  const reached = 'atMost' in limit ? figure <= limit.atMost : figure >= limit.atLeast
  return reached ? 'pass' : 'short'
}

/**
 * A goal is reached when nothing that was measured of it falls short.
 * @param {readonly Finding[]} findings Of one goal.
 * @returns {Verdict}
 */
export function judgeAll(findings) {
  const verdicts = new Set(findings.map(judge))
  for (const verdict of /** @type {const} */ (['short', 'pass', 'reported'])) if (verdicts.has(verdict)) return verdict
  return 'not measured'
}

/** @param {Finding['limit']} limit */
export function limitText(limit) {
  if (limit === null) return ''
  return 'atMost' in limit ? `≤ ${limit.atMost}` : `≥ ${limit.atLeast}`
}

/** Three digits that mean something. @param {number} figure */
export function figureText(figure) {
  if (Number.isInteger(figure) && figure < 100) return String(figure)
  if (figure >= 100) return Math.round(figure).toLocaleString('en')
  return figure.toPrecision(figure >= 10 ? 3 : figure >= 1 ? 3 : 2)
}
