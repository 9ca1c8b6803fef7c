// How a new workspace's credentials are shown: once, whole, with what to do next.
import type { Output } from './output.ts'

interface Credentials {
  readonly workspaceId: string
  readonly apiKey: string
}

export function firstKey({ workspaceId, apiKey }: Credentials, output: Output): string {
  return [
    '',
    output.bold('The first workspace is ready. Keep its API key: it is shown this once.'),
    '',
    `  Workspace  ${workspaceId}`,
    `  API key    ${output.bold(apiKey)}`,
    '',
  ].join('\n')
}

export function nextSteps(address: string, apiKey: string): string {
  return [
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
