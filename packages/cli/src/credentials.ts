// How a new workspace's credentials are shown: once, whole, with what to do next.
import type { Output } from './output.ts'

interface Credentials {
  readonly workspaceId: string
  readonly apiKey: string
}

interface Owner extends Credentials {
  readonly memberToken: string
  readonly ownerEmail: string
}

export function firstKey({ workspaceId, apiKey, memberToken, ownerEmail }: Owner, output: Output): string {
  return [
    '',
    output.bold('The first workspace is ready. Keep its API key and member token: they are shown this once.'),
    '',
    `  Workspace     ${workspaceId}`,
    `  API key       ${output.bold(apiKey)}`,
    `  Owner         ${ownerEmail}`,
    `  Member token  ${output.bold(memberToken)}`,
    '',
  ].join('\n')
}

export function ownerLines({ consoleUrl, ...owner }: Owner & { readonly consoleUrl: string }, output: Output): string {
  return [
    `Workspace     ${owner.workspaceId}`,
    `API key       ${output.bold(owner.apiKey)}`,
    `Owner         ${owner.ownerEmail}`,
    `Member token  ${output.bold(owner.memberToken)}`,
    `Console       ${consoleUrl}`,
    'Keep the key and the token: they are shown this once.',
  ].join('\n')
}

export function nextSteps(address: string, apiKey: string): string {
  return [
    `  Console    ${address}/console, with the member token`,
    `  Reference  ${address}/docs`,
    '  Try it     curl -s -H "Authorization: $API_KEY" -H "Content-Type: application/json" \\',
    `               -d '{"name":"Web chat","kind":"web"}' ${address}/api/v1/channels`,
    `             with API_KEY=${apiKey}`,
    '',
  ].join('\n')
}

export function credentialLines({ workspaceId, apiKey }: Credentials, output: Output): string {
  return [
    `Workspace  ${workspaceId}`,
    `API key    ${output.bold(apiKey)}`,
    'Keep the key: it is shown this once.',
  ].join('\n')
}
