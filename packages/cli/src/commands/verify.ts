// `narthex verify`: every workspace's chain of events, recomputed from its first one.
import { Refused } from '@narthex/server'
import { Command } from 'commander'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'

const help = `
Recomputes the hash of every event in its order, and opens what the events hold of persons. Exits with 1
when a chain is broken. Events that were written a moment ago and have no place yet are counted as waiting.`

export function verifyCommand(output: Output): Command {
  return new Command('verify')
    .description('check that no recorded event was changed or removed')
    .option('--json', 'answer one JSON object: ok, workspaces')
    .addHelpText('after', help)
    .action(async (options: { json?: true }) => {
      const bar = output.progress(1, 'Checking')
      const reports = await withOperator({}, (operator) =>
        operator.verify((workspaceId, events) => bar.to(0, `Workspace ${workspaceId}: ${events} events`)),
      ).finally(() => bar.end())
      const broken = reports.filter((report) => report.broken !== null)
      if (options.json) {
        const workspaces = reports.map((report) => ({ ...report, ok: report.broken === null }))
        output.json({ ok: broken.length === 0, workspaces })
      } else {
        for (const { workspaceId, events, unsealed, broken } of reports) {
          const waiting = unsealed === 0 ? '' : `, ${unsealed} waiting for their place`
          output.line(`${workspaceId}  ${broken === null ? 'ok' : 'BROKEN'}  ${events} events checked${waiting}`)
        }
      }
      const [first] = broken
      if (first) throw new Refused(`The events of workspace ${first.workspaceId} are not as recorded: ${first.broken}`)
    })
}
