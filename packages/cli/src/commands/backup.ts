// `narthex backup`: a copy of the embedded database while it is served.
import { Command } from 'commander'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'

const help = `
The copy is consistent and has only what is in use. It does not hold the instance secret: keep the file
"secret" of the data folder (or NARTHEX_SECRET) apart from it, and put both back to restore.

Examples:
  $ narthex backup /backups/narthex-$(date +%F).db
  $ NARTHEX_DATABASE_URL=sqlite:/backups/narthex-2026-03-03.db narthex serve`

export function backupCommand(output: Output): Command {
  return new Command('backup')
    .description('copy the database to a new file, also while it is served')
    .argument('<file>', 'where to; it must not exist')
    .addHelpText('after', help)
    .action(async (file: string) => {
      const bytes = await withOperator({}, (operator) => operator.backup(file))
      output.line(`Copied ${bytes} bytes to ${file}. The instance secret is not in it: keep it too.`)
    })
}
