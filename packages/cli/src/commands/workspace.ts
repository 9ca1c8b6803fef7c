// `narthex workspace create`: another tenant with its first API key.
import { Command } from 'commander'
import { name } from '../arguments.ts'
import { credentialLines } from '../credentials.ts'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'

const help = `
Examples:
  $ narthex workspace create "Acme Ltd"
  $ narthex workspace create "Acme Logistics" --parent ID --json`

export function workspaceCommand(output: Output): Command {
  const create = new Command('create')
    .description('make a workspace and print its first API key')
    .argument('<name>', 'its name', name)
    .option('--parent <id>', 'the workspace it belongs to')
    .option('--json', 'answer one JSON object: workspaceId, apiKey')
    .addHelpText('after', help)
    .action(async (workspaceName: string, options: { parent?: string; json?: true }) => {
      const { workspaceId, apiKey } = await withOperator({}, (operator) =>
        operator.createWorkspace(workspaceName, options.parent ?? null),
      )
      if (options.json) output.json({ workspaceId, apiKey })
      else output.line(credentialLines({ workspaceId, apiKey }, output))
    })
  return new Command('workspace').description('workspaces').helpCommand(false).addCommand(create)
}
