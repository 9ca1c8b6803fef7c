// `narthex member create`: one of a workspace's own people, with a personal access token, made on the database itself.
import { roles, type Role } from '@narthex/server'
import { Command, Option } from 'commander'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'
import { memberTokenCommand } from './member-token.ts'
import { memberCommands } from './members.ts'

const help = `
Your word is enough for whom the address belongs to: the member needs no invitation. An address that is a member of another
workspace signs in there and here with the same password, and its tokens open both.

Examples:
  $ narthex member create --workspace ID --email rita@acme.example --firstname Rita --lastname Reis --role reviewer
  $ narthex member create … --json | jq -r .memberToken`

interface MemberOptions {
  readonly workspace: string
  readonly email: string
  readonly firstname: string
  readonly lastname: string
  readonly role: Role
  readonly json?: true
}

export function memberCommand(output: Output): Command {
  const create = new Command('create')
    .description('make a member and print a personal access token for it')
    .requiredOption('--workspace <id>', 'the workspace that it belongs to')
    .requiredOption('--email <email>', 'its address')
    .requiredOption('--firstname <name>', 'its given name')
    .requiredOption('--lastname <name>', 'its family name')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
    .option('--json', 'answer one JSON object: memberId, memberToken')
    .addHelpText('after', help)
    .action(async ({ workspace, email, firstname, lastname, role, json }: MemberOptions) => {
      const { memberId, memberToken } = await withOperator({}, (operator) =>
        operator.createMember(workspace, { email, firstname, lastname, role }),
      )
      if (json) return output.json({ memberId, memberToken })
      output.line(`Member        ${memberId}`)
      output.line(`Member token  ${output.bold(memberToken)}`)
      output.line('Keep the token: it is shown this once.')
    })
  const member = new Command('member').description('members').helpCommand(false)
  for (const each of [create, memberTokenCommand(output), ...memberCommands(output)]) member.addCommand(each)
  return member
}
