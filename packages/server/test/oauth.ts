// Forms to the OAuth endpoints, as any stock client sends them.
import type { Reply } from './client.ts'

export type Fields = Readonly<Record<string, string>> | readonly (readonly [string, string])[]

export async function postForm(
  address: string,
  path: string,
  fields: Fields,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const body = new URLSearchParams(fields as Record<string, string>)
  return postRaw(address, path, body.toString(), headers)
}

/** The body as it is. */
export async function postRaw(
  address: string,
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const reply = await fetch(address + path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: body as string,
  })
  const text = await reply.text()
  return { status: reply.status, headers: reply.headers, body: text === '' ? '' : JSON.parse(text) }
}

export function basic(id: string, secret: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
}
