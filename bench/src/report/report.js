// The report as data; what the terminal, Markdown and the documentation show is made of it.

/**
 * @typedef {object} Measured
 * @property {string} part
 * @property {string} name
 * @property {string} does
 * @property {number} ratio CPU for each request, over the first of the part.
 * @property {number} cpuMicroseconds
 * @property {number} spread
 */

/**
 * @typedef {object} Report
 * @property {string} at
 * @property {Record<string, string>} machine
 * @property {Record<string, string>} subjects
 * @property {{ rounds: number, seconds: number, connections: number, world: number }} pace
 * @property {string[]} parts
 * @property {Measured[]} measured
 * @property {(import('../goals.js').Finding & { part: string })[]} findings
 * @property {string[]} remarks
 * @property {{ part: string, message: string }[]} failures
 */

/**
 * Several reports as one: of a part that stands in more than one of them the last is taken.
 * @param {readonly Report[]} reports
 * @returns {Report}
 */
export function merge(reports) {
  const [first] = reports
  if (!first) throw new Error('Nothing to report')
  return reports.slice(1).reduce((all, next) => {
    const others = (/** @type {{ part: string }} */ { part }) => !next.parts.includes(part)
    return {
      ...next,
      parts: [...new Set([...all.parts, ...next.parts])],
      measured: [...all.measured.filter(others), ...next.measured],
      findings: [...all.findings.filter(others), ...next.findings],
      remarks: [...all.remarks, ...next.remarks],
      failures: [...all.failures.filter(others), ...next.failures],
    }
  }, first)
}
