// `narthex migrate`: the schema up to this version, without serving.
import { Command } from 'commander'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'

export function migrateCommand(output: Output): Command {
  return new Command('migrate')
    .description('bring the schema up to this version; serve does it too')
    .option('--json', 'answer one JSON object: applied, a list of names')
    .action(async (options: { json?: true }) => {
      const applied = await withOperator({ mayCreate: true }, (operator) => operator.migrate())
      if (options.json) output.json({ applied })
      else output.line(applied.length === 0 ? 'The schema is up to date.' : `Applied ${applied.join(', ')}.`)
    })
}
