// Commands that ask a running server, as a member: where it is, whose token, and what a refusal reads like.
import { readFile } from 'node:fs/promises'
import { createClient, NarthexError, type Client } from '@narthex/sdk'
import { addressIn, readConfig, readMemberToken } from '@narthex/server'
import type { Command } from 'commander'

export interface MemberOptions {
  readonly server?: string
  readonly tokenFile?: string
  readonly workspace?: string
  readonly json?: true
}

/** Said in the help of each of these commands. A secret in an argument would be seen by everybody on the machine. */
export const memberHelp = `
Asks a running server as the member whose token is in NARTHEX_MEMBER_TOKEN, or in the file that --token-file names.`

export function withMemberOptions(command: Command): Command {
  return command
    .option(
      '--server <url>',
      'where the server is (http://127.0.0.1:8080, unless settings such as NARTHEX_PORT differ)',
    )
    .option('--token-file <path>', 'where the member token is, instead of NARTHEX_MEMBER_TOKEN')
    .option('--json', 'answer one JSON object')
}

export async function asMember<T>(options: MemberOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const memberToken = await tokenOf(options)
  const server = options.server ?? addressIn(readConfig())
  const client = createClient({ baseUrl: server, memberToken, workspaceId: options.workspace })
  try {
    return await work(client)
  } catch (error) {
    throw error instanceof NarthexError ? new Error(sentence(error, server), { cause: error }) : error
  }
}

async function tokenOf({ tokenFile }: MemberOptions): Promise<string> {
  const token = tokenFile === undefined ? readMemberToken() : (await readFile(tokenFile, 'utf8')).trim()
  if (!token) throw new Error('A member token is needed in NARTHEX_MEMBER_TOKEN, or in a file with --token-file')
  return token
}

/** With the places that are wrong, where the sentence itself does not name them. */
function sentence({ code, message, issues, requestId }: NarthexError, server: string): string {
  if (code === 'network_error') return `${message} It was asked at ${server}; --server names another place.`
  const places = issues.filter((issue) => issue.message !== message).map((issue) => `${issue.path} ${issue.message}`)
  const told = places.length > 0 ? `${message} ${places.join('; ')}` : message
  return requestId === null ? told : `${told} (request ${requestId})`
}

/** The organization that is named, or the only one that the member sees. */
export async function organizationOf(client: Client, named: string | undefined): Promise<string> {
  if (named !== undefined) return named
  const { data, page } = await client.organizations.list({ size: 2 })
  const [only] = data
  if (!only) throw new Error('The member sees no organization')
  if (page.totalElements > 1) throw new Error('The member sees several organizations: name one with --organization')
  return only.id
}
