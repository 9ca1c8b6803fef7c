// `narthex signing-key rotate`: another key for the tokens of the whole instance.
import { Command } from 'commander'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'

const help = `
The new key is published at once and signs ten minutes later, when every verifier has seen it. The old one stays published
until its last token has expired. --force lets the new key sign at once: for a key that somebody else knows.
Every server that runs takes the news within a second.

Examples:
  $ narthex signing-key rotate
  $ narthex signing-key rotate --force --json | jq -r .kid`

export function signingKeyCommand(output: Output): Command {
  const rotate = new Command('rotate')
    .description('publish a new signing key, which signs from ten minutes later on')
    .option('--force', 'let it sign at once, before every verifier has seen it')
    .option('--json', 'answer one JSON object: kid, signsFrom')
    .addHelpText('after', help)
    .action(async (options: { force?: true; json?: true }) => {
      const rotation = await withOperator({}, (operator) => operator.rotateSigningKey(options.force === true))
      const { kid } = rotation
      const signsFrom = new Date(rotation.signsFrom).toISOString()
      if (options.json) return output.json({ kid, signsFrom })
      output.line(`Key        ${kid}`)
      output.line(`Signs from ${signsFrom}`)
    })
  return new Command('signing-key').description('signing keys of tokens').helpCommand(false).addCommand(rotate)
}
