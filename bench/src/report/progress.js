// How far it is: one line that changes on a terminal, a line for each step elsewhere. On standard error, beside the report.

/**
 * @typedef {object} Progress
 * @property {(name: string) => void} part
 * @property {(what: string) => void} say
 * @property {(share: number, what: string) => void} to
 * @property {() => void} end
 */

const barWidth = 24

/**
 * @param {NodeJS.WriteStream} [stream]
 * @returns {Progress}
 */
export function createProgress(stream = process.stderr) {
  let current = ''
  const show = (/** @type {string} */ text) => {
    if (stream.isTTY) stream.write(`\r\u001B[K${text.slice(0, (stream.columns ?? 80) - 1)}`)
  }
  return {
    part(name) {
      current = name
      if (!stream.isTTY) stream.write(`${name}\n`)
    },
    say(what) {
      show(`${current}: ${what}`)
      if (!stream.isTTY) stream.write(`  ${what}\n`)
    },
    to(share, what) {
      const full = Math.round(share * barWidth)
      show(`${current.padEnd(12)} ${'█'.repeat(full)}${'░'.repeat(barWidth - full)} ${what}`)
    },
    end: () => show(''),
  }
}
