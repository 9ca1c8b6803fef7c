// The command line.
import { parseArgs } from 'node:util'
import { parts } from './parts/index.js'

export const help = `npm run bench -- [OPTION …] [NAME …]

Measures Narthex side by side with node:http and with peers, and says which goals are reached.
Without a NAME everything runs that is not marked with *.

${parts.map(({ name, about, onlyByName }) => `  ${(onlyByName ? `${name} *` : name).padEnd(13)} ${about}`).join('\n')}

  --rounds N        rounds that count, after one that does not (5)
  --seconds N       of each turn (2)
  --connections N   kept alive (32)
  --world N         external users (1000000)
  --referrals N     in the world of the part referrals (1000000)
  --minutes N       of the soak (20)
  --json            the report as JSON on standard output
  --from FILE       show a JSON report made before instead of measuring; may be repeated, later ones win
  --write-docs      put the table of this report into docs/performance.md
  --help
`

/** @typedef {{ names: string[], rounds: number, seconds: number, connections: number, world: number, referrals: number, minutes: number, json: boolean, from: string[], writeDocs: boolean, help: boolean }} Arguments */

/**
 * Throws with one line for a person.
 * @param {string[]} args
 * @returns {Arguments}
 */
export function readArguments(args) {
  const text = /** @type {const} */ ({ type: 'string' })
  const flag = /** @type {const} */ ({ type: 'boolean', default: false })
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { ...text, default: '5' },
      seconds: { ...text, default: '2' },
      connections: { ...text, default: '32' },
      world: { ...text, default: '1000000' },
      referrals: { ...text, default: '1000000' },
      minutes: { ...text, default: '20' },
      from: { ...text, multiple: true, default: [] },
      json: flag,
      'write-docs': flag,
      help: flag,
    },
  })
  const known = parts.map(({ name }) => name)
  const unknown = positionals.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}. Known: ${known.join(', ')}`)
  return {
    names: positionals.length > 0 ? positionals : parts.filter((part) => !part.onlyByName).map(({ name }) => name),
    rounds: whole('rounds', values.rounds),
    seconds: whole('seconds', values.seconds),
    connections: whole('connections', values.connections),
    world: whole('world', values.world),
    referrals: whole('referrals', values.referrals),
    minutes: whole('minutes', values.minutes),
    json: values.json,
    from: values.from,
    writeDocs: values['write-docs'],
    help: values.help,
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
function whole(name, text) {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Error(`--${name} must be a whole number from 1 on`)
}
