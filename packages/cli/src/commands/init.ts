// `narthex init`: schema, first workspace and API key, without serving.
import { Command } from 'commander'
import { name } from '../arguments.ts'
import { credentialLines } from '../credentials.ts'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'

const help = `
Refuses, and changes nothing, when the database is set up already.

Examples:
  $ narthex init --workspace "Acme Ltd"
  $ narthex init --json | jq -r .apiKey`

export function initCommand(output: Output): Command {
  return new Command('init')
    .description('set up an empty database and print its first API key')
    .option('--workspace <name>', 'name of the first workspace', name, 'My workspace')
    .option('--json', 'answer one JSON object: workspaceId, apiKey')
    .addHelpText('after', help)
    .action(async (options: { workspace: string; json?: true }) => {
      const { workspaceId, apiKey } = await withOperator({ mayCreate: true }, (operator) =>
        operator.initialise(options.workspace),
      )
      if (options.json) output.json({ workspaceId, apiKey })
      else output.line(credentialLines({ workspaceId, apiKey }, output))
    })
}
