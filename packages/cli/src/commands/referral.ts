// `narthex referral …`: what referrers and reviewers do, asked of a running server.
import { referralStatuses } from '@narthex/server'
import type { Client, FindReferrals, Referral } from '@narthex/sdk'
import { Command, Option } from 'commander'
import { jsonObject, moment, count } from '../arguments.ts'
import { asMember, memberHelp, organizationOf, withMemberOptions, type MemberOptions } from '../as-member.ts'
import type { Output } from '../output.ts'
import { decisionLine, linesOf, shown } from '../referral-lines.ts'
import { decisionCommands } from './referral-decisions.ts'

const listHelp = `${memberHelp}

Examples:
  $ narthex referral list --status REFERRED
  $ narthex referral list --filter '{"referredUser.email":{"endsWith":"@acme.example"}}' --sort referredAt --json`

const showHelp = `${memberHelp}

Examples:
  $ narthex referral show ID
  $ narthex referral show ID --evidence --json`

const referHelp = `${memberHelp}

Examples:
  $ narthex referral refer --email rita@acme.example --firstname Rita --comment "Our technician"
  $ narthex referral refer --user ID --until 2027-01-31`

interface ListOptions extends MemberOptions {
  readonly organization?: string
  readonly status?: Referral['status']
  readonly filter?: object
  readonly sort?: string
  readonly size: number
  readonly page: number
}

interface ReferOptions extends MemberOptions {
  readonly organization?: string
  readonly email?: string
  readonly user?: string
  readonly firstname?: string
  readonly lastname?: string
  readonly comment?: string
  readonly until?: string
}

const organization = () => new Option('--organization <id>', 'which one, where the member sees several')

export function referralCommand(output: Output): Command {
  const list = withMemberOptions(new Command('list').description('list referrals, latest first'))
    .addOption(organization())
    .addOption(new Option('--status <status>', 'only those in this status').choices(referralStatuses))
    .option('--filter <json>', 'which ones, in the filter language of the Referral API', jsonObject)
    .option('--sort <fields>', 'in which order: -referredAt,status')
    .option('--size <number>', 'how many at most', count, 20)
    .option('--page <number>', 'which page, from 1', count, 1)
    .addHelpText('after', listHelp)
    .action((options: ListOptions) => listReferrals(output, options))
  const show = withMemberOptions(new Command('show').description('show a referral and the decisions on it'))
    .argument('<id>', 'the referral')
    .option('--evidence', 'what is known of the person, for those who decide')
    .addHelpText('after', showHelp)
    .action((id: string, options: MemberOptions & { evidence?: true }) => showReferral(output, id, options))
  const refer = withMemberOptions(new Command('refer').description('vouch for a person'))
    .addOption(organization())
    .addOption(new Option('--email <email>', 'the address of the person').conflicts('user'))
    .option('--user <id>', 'a person that is known')
    .option('--firstname <name>', 'its given name, where none is known')
    .option('--lastname <name>', 'its family name, where none is known')
    .option('--comment <text>', 'why')
    .option('--until <time>', 'the end that you propose for the admission', moment)
    .addHelpText('after', referHelp)
    .action((options: ReferOptions, command: Command) => {
      if (options.email === undefined && options.user === undefined) command.error('error: give --email or --user')
      return referPerson(output, options)
    })
  const referral = new Command('referral').description('referrals: who vouches for whom, and who decides')
  for (const each of [list, show, refer, ...decisionCommands(output)]) referral.addCommand(each)
  return referral.helpCommand(false)
}

async function listReferrals(output: Output, options: ListOptions): Promise<void> {
  const { data, page } = await asMember(options, async (client) =>
    client.referrals.list(await queryOf(client, options)),
  )
  if (options.json) return output.json({ externalUsers: data, page })
  for (const { id, status, referredAt, referredUser, referrerUser } of data) {
    output.line(`${id}  ${status.padEnd(9)}  ${referredAt}  ${shown(referredUser)}, by ${shown(referrerUser)}`)
  }
  output.line(`${page.elements} of ${page.totalElements}, page ${page.number + 1} of ${page.totalPages}`)
}

async function queryOf(client: Client, options: ListOptions): Promise<FindReferrals> {
  const { organization: named, status, filter, sort, size, page } = options
  const conditions = [...(status ? [{ status }] : []), ...(filter ? [filter] : [])]
  return {
    organizationId: await organizationOf(client, named),
    size,
    number: page - 1,
    // Both may speak of the same field, so neither takes the other's place.
    ...(conditions.length === 1 && { filter: conditions[0] }),
    ...(conditions.length === 2 && { filter: { ...conditions[0], and: conditions[1] } }),
    ...(sort !== undefined && { sort: sort.split(',') as NonNullable<FindReferrals['sort']> }),
  } as FindReferrals
}

async function showReferral(output: Output, id: string, options: MemberOptions & { evidence?: true }) {
  const found = await asMember(options, async ({ referrals }) => ({
    referral: (await referrals.get(id)).data,
    decisions: (await referrals.decisions(id)).data.decisions,
    ...(options.evidence && { evidence: (await referrals.evidence(id)).data }),
  }))
  if (options.json) return output.json(found)
  for (const line of linesOf(found.referral)) output.line(line)
  for (const decision of found.decisions) output.line(decisionLine(decision))
  if (found.evidence) output.line(JSON.stringify(found.evidence, null, 2))
}

async function referPerson(output: Output, options: ReferOptions): Promise<void> {
  const { email, user, firstname, lastname, comment, until } = options
  const { data } = await asMember(options, async (client) =>
    client.referrals.refer({
      organizationId: await organizationOf(client, options.organization),
      ...(user === undefined ? { email } : { userId: user }),
      firstname,
      lastname,
      referrerComment: comment,
      admittedUntil: until,
    }),
  )
  if (options.json) return output.json(data)
  for (const line of linesOf(data)) output.line(line)
}
