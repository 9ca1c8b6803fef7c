// `narthex key create`: an API key, also for whoever lost the first one.
import { scopes, type Scope } from '@narthex/server'
import { Command } from 'commander'
import { duration, name, scope } from '../arguments.ts'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'

const help = `
Without --scope the key has every scope. The scopes:
  ${scopes.join('\n  ')}

Examples:
  $ narthex key create --workspace ID --name "Chat backend" --scope external-users:authenticate --expires 90d
  $ narthex key create --workspace ID --json | jq -r .apiKey`

interface KeyOptions {
  readonly workspace: string
  readonly name: string
  readonly scope?: Scope[]
  readonly expires?: number
  readonly json?: true
}

export function keyCommand(output: Output): Command {
  const create = new Command('create')
    .description('make an API key and print it')
    .requiredOption('--workspace <id>', 'the workspace it opens')
    .option('--name <name>', 'its name', name, 'Made by the operator')
    .option('--scope <scope>', 'what it may do; repeat for more', scope)
    .option('--expires <duration>', 'when it ends: 90d, 12h, 30m (never unless given)', duration)
    .option('--json', 'answer one JSON object: keyId, apiKey')
    .addHelpText('after', help)
    .action(async (options: KeyOptions) => {
      const expiresAt = options.expires === undefined ? undefined : new Date(Date.now() + options.expires).toISOString()
      const { keyId, apiKey } = await withOperator({}, (operator) =>
        operator.createApiKey(options.workspace, { name: options.name, scopes: options.scope ?? scopes, expiresAt }),
      )
      if (options.json) return output.json({ keyId, apiKey })
      output.line(`Key        ${keyId}${expiresAt === undefined ? '' : `, until ${expiresAt}`}`)
      output.line(`API key    ${output.bold(apiKey)}`)
      output.line('Keep the key: it is shown this once.')
    })
  return new Command('key').description('API keys').helpCommand(false).addCommand(create)
}
