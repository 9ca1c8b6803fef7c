// `narthex demo`: a made-up world to try everything on.
import { addressIn, readConfig, type OwnerCredentials, type WorldReport } from '@narthex/server'
import { Command } from 'commander'
import { referrals, seed, size } from '../arguments.ts'
import { firstKey } from '../credentials.ts'
import type { Output } from '../output.ts'
import { withOperator } from '../with-operator.ts'

const help = `
The same seed makes the same people, in any workspace and on any database. Goes on where it was interrupted,
and a larger --size lets a world grow. It may run while the database is served.

Always there, whatever the seed: demo-ada and demo-mallory (blocked) on the channel web, demo-grace on email,
demo-emmy on whatsapp, demo_alan on telegram (an identifier), demo-katherine on portal.

Examples:
  $ narthex demo
  $ narthex demo --size 100000 --seed summer --workspace ID`

interface DemoOptions {
  readonly size: number
  readonly referrals: number
  readonly seed: string
  readonly workspace?: string
  readonly json?: true
}

export function demoCommand(output: Output): Command {
  return new Command('demo')
    .description('fill a workspace with a made-up world')
    .option('--size <number>', 'external users in it', size, 2_000)
    .option('--referrals <number>', 'referrals in it, most of them decided', referrals, 300)
    .option('--seed <text>', 'which world', seed, 'narthex')
    .option('--workspace <id>', 'where to (the first workspace unless given)')
    .option(
      '--json',
      'answer one JSON object: workspaceId, apiKey and memberToken on first use, channels, externalUsers, created, referred',
    )
    .addHelpText('after', help)
    .action((options: DemoOptions) => demo(output, options))
}

async function demo(output: Output, options: DemoOptions): Promise<void> {
  let first: OwnerCredentials | null = null
  const bar = output.progress(options.size, 'Making external users')
  const show = (credentials: OwnerCredentials) => {
    first = credentials
    if (!options.json) output.line(firstKey(credentials, output))
  }
  const report = await withOperator({ mayCreate: true }, (operator) =>
    operator.demo({
      size: options.size,
      referrals: options.referrals,
      seed: options.seed,
      workspaceId: options.workspace ?? null,
      onFirstCredentials: show,
      onProgress: (done) => bar.to(done, `${done} of ${options.size} external users`),
      onReferrals: (done) => bar.to(options.size, `${done} of ${options.referrals} referrals`),
      onSealing: (waiting) => bar.to(options.size, `${waiting} events wait for their place in the chain`),
    }),
  ).finally(() => bar.end())
  if (options.json) output.json(answer(report, first, options.seed))
  else output.line(story(report, output))
}

function answer(report: WorldReport, first: OwnerCredentials | null, seedUsed: string): object {
  const { workspaceId, ...counted } = report
  const { apiKey, memberToken } = first ?? {}
  return { workspaceId, ...(first && { apiKey, memberToken }), seed: seedUsed, ...counted }
}

function story({ workspaceId, channels, externalUsers, created, referred }: WorldReport, output: Output): string {
  const server = addressIn(readConfig())
  const listed = Object.entries(channels).map(([key, id]) => `  ${key.padEnd(9)}  ${id}`)
  return [
    output.bold(`${externalUsers} external users are in workspace ${workspaceId}, ${created} of them new;`),
    output.bold(`${referred.referrals} were referred by its members, ${referred.created} of them new.`),
    '',
    'Channels',
    ...listed,
    `  ${'guarded'.padEnd(9)}  ${referred.guardedChannel}`,
    '',
    'Try, while `narthex serve` runs and with an API key in $API_KEY:',
    `  curl -s -H "Authorization: $API_KEY" "${server}/api/v1/external-users?search=lovelace"`,
    '  curl -s -H "Authorization: $API_KEY" -H "Content-Type: application/json" \\',
    `    -d '{"channelId":"${channels.web}","externalId":"demo-ada"}' \\`,
    `    ${server}/api/v1/external-users/authenticate`,
    'demo-mallory on the same channel is blocked and gets no token.',
    '',
    'The guarded channel opens to whoever was admitted: katherine.johnson@example.com was, grace.hopper@example.com',
    "waits for a reviewer. With the owner's member token in $MEMBER_TOKEN, the queue:",
    `  curl -s -G -H "Authorization: Bearer $MEMBER_TOKEN" ${server}/api/referral/v1/external-users \\`,
    `    -d organizationId=${workspaceId} --data-urlencode 'filter={"status":"REFERRED"}'`,
  ].join('\n')
}
