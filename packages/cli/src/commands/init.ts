// `narthex init`: schema, first workspace, its owner and API key, without serving.
import { Command } from 'commander'
import { name } from '../arguments.ts'
import { ownerLines } from '../credentials.ts'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'

const help = `
Refuses, and changes nothing, when the database is set up already.

Examples:
  $ narthex init --workspace "Acme Ltd" --owner-email ann@acme.example
  $ narthex init --json | jq -r .apiKey`

export function initCommand(output: Output): Command {
  return new Command('init')
    .description('set up an empty database and print its first credentials')
    .option('--workspace <name>', 'name of the first workspace', name, 'My workspace')
    .option('--owner-email <email>', 'who the first owner is; without it, an address that no mail reaches')
    .option('--json', 'answer one JSON object: workspaceId, apiKey, memberId, memberToken, consoleUrl')
    .addHelpText('after', help)
    .action(async (options: { workspace: string; ownerEmail?: string; json?: true }) => {
      const made = await withOperator({ mayCreate: true }, (operator) =>
        operator.initialise({ name: options.workspace, ownerEmail: options.ownerEmail }),
      )
      const { workspaceId, apiKey, memberId, memberToken, consoleUrl } = made
      if (options.json) output.json({ workspaceId, apiKey, memberId, memberToken, consoleUrl })
      else output.line(ownerLines(made, output))
    })
}
