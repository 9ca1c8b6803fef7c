// `narthex member token`: a way in for a member who lost it, made on the database itself.
import { Command } from 'commander'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'

const help = `
For somebody who lost the way in, or an invitation: with the token the member signs in at /console, or calls the API. Give it
to nobody else: your word is what it stands for.

Examples:
  $ narthex member token --workspace ID --email rita@acme.example
  $ narthex member token --workspace ID --email rita@acme.example --reset   # password or authenticator lost`

interface TokenOptions {
  readonly workspace: string
  readonly email: string
  readonly reset?: boolean
  readonly json?: true
}

export function memberTokenCommand(output: Output): Command {
  return new Command('token')
    .description('print a new personal access token for a member')
    .requiredOption('--workspace <id>', 'the workspace that it belongs to')
    .requiredOption('--email <email>', 'its address')
    .option('--reset', 'also take away its password, second factor, single sign-on, sign-ins and other tokens')
    .option('--json', 'answer one JSON object: memberId, memberToken')
    .addHelpText('after', help)
    .action(async ({ workspace, email, reset = false, json }: TokenOptions) => {
      const { memberId, memberToken } = await withOperator({}, (operator) =>
        operator.createMemberToken(workspace, { email, reset }),
      )
      if (json) return output.json({ memberId, memberToken })
      output.line(`Member        ${memberId}`)
      output.line(`Member token  ${output.bold(memberToken)}`)
      output.line('Keep the token: it is shown this once.')
    })
}
