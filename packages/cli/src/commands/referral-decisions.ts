// `narthex referral admit`, `reject`, `revoke` and `withdraw`: what happens to a referral, one command each.
import type { Client, Referral, Result, ReviewReferral } from '@narthex/sdk'
import { Command } from 'commander'
import { moment } from '../arguments.ts'
import { asMember, memberHelp, withMemberOptions, type MemberOptions } from '../as-member.ts'
import type { Output } from '../output.ts'

interface DecisionOptions extends MemberOptions {
  readonly comment?: string
  readonly until?: string
  readonly override?: true
  readonly ifVersion?: string
}

type Decide = (
  referrals: Client['referrals'],
  referral: Pick<Referral, 'id' | 'meta'>,
  body: Omit<ReviewReferral, 'status'>,
) => Promise<Result<Referral | null>>

const help = (verb: string) => `${memberHelp}

The decision is about the referral as it is now, or as it was at --if-version, which list and show tell.

Examples:
  $ narthex referral ${verb} ID
  $ narthex referral ${verb} ID --if-version 1.4a5c9d7f01b2 --json`

export function decisionCommands(output: Output): Command[] {
  const admit = command(output, 'admit', 'let the person in', (referrals, referral, body) =>
    referrals.admit(referral, body),
  )
    .option('--comment <text>', 'why')
    .option('--until <time>', 'when the admission ends by itself', moment)
    .option('--override', 'although the person is blocked; needs a comment, and lifts no block')
  const reject = command(output, 'reject', 'refuse the person', (referrals, referral, body) =>
    referrals.reject(referral, body),
  ).option('--comment <text>', 'why')
  const revoke = command(output, 'revoke', 'take the admission back', (referrals, referral, body) =>
    referrals.revoke(referral, body),
  ).option('--comment <text>', 'why')
  const withdraw = command(output, 'withdraw', 'take back a referral that waits', (referrals, { id, meta }) =>
    referrals.withdraw(id, { ifMatch: `"${meta.version}"` }),
  )
  return [admit, reject, revoke, withdraw]
}

function command(output: Output, name: string, description: string, decide: Decide): Command {
  return withMemberOptions(new Command(name).description(description))
    .argument('<id>', 'the referral')
    .option('--if-version <version>', 'only if it is still at this version')
    .addHelpText('after', help(name))
    .action(async (id: string, options: DecisionOptions) => {
      const { comment: reviewerComment, until: admittedUntil, override } = options
      const referral = await asMember(options, async ({ referrals }) => {
        const version = options.ifVersion ?? (await referrals.get(id)).data.meta.version
        const seen = { id, meta: { version } }
        const { data } = await decide(referrals, seen, { reviewerComment, admittedUntil, override })
        return data ?? (await referrals.get(id)).data
      })
      if (options.json) output.json(referral)
      else output.line(`Referral ${referral.id} is ${referral.status}, version ${referral.meta.version}.`)
    })
}
