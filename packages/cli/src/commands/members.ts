// `narthex member list`, `role` and `remove`: administering the workspace's own people, asked of a running server.
import { roles, type Role } from '@narthex/server'
import type { Member } from '@narthex/sdk'
import { Argument, Command } from 'commander'
import { asMember, memberHelp, withMemberOptions, type MemberOptions } from '../as-member.ts'
import type { Output } from '../output.ts'

const help = (example: string) => `${memberHelp}

Examples:
  $ narthex member ${example}`

export function memberCommands(output: Output): Command[] {
  const list = placed(new Command('list').description('list the members'))
    .addHelpText('after', help('list --json'))
    .action(async (options: MemberOptions) => {
      const members = await asMember(options, async (client) => {
        const all: Member[] = []
        for await (const member of client.members.listAll()) all.push(member)
        return all
      })
      if (options.json) return output.json({ members })
      for (const member of members) output.line(lineOf(member))
    })
  const role = placed(new Command('role').description('change what a member may do'))
    .argument('<id>', 'the member')
    .addArgument(new Argument('<role>', 'its new role').choices(roles))
    .addHelpText('after', help('role ID reviewer'))
    .action(async (id: string, newRole: Role, options: MemberOptions) => {
      const { data } = await asMember(options, (client) => client.members.update(id, { role: newRole }))
      if (options.json) output.json(data)
      else output.line(lineOf(data))
    })
  const remove = placed(new Command('remove').description('remove a member: its tokens end at once'))
    .argument('<id>', 'the member')
    .addHelpText('after', help('remove ID'))
    .action(async (id: string, options: MemberOptions) => {
      const { data } = await asMember(options, (client) => client.members.delete(id))
      if (options.json) output.json(data)
      else output.line(data.message)
    })
  return [list, role, remove]
}

function placed(command: Command): Command {
  return withMemberOptions(command).option('--workspace <id>', 'which one, where the member has joined several')
}

function lineOf({ id, role, firstname, lastname, email, joinedAt }: Member): string {
  return `${id}  ${role.padEnd(8)}  ${firstname} ${lastname} <${email}>${joinedAt === null ? ', invited' : ''}`
}
