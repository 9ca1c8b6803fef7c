// A workspace that trusts a test issuer, and the exchange of its tokens.
import type { Channel, TrustedIssuer } from '@narthex/contract'
import type { Client, Reply } from './client.ts'
import { makeChannel } from './factories.ts'
import { startTestIssuer, type TestIssuer } from './issuer.ts'
import { postForm } from './oauth.ts'

export const tokenType = (name: string) => `urn:ietf:params:oauth:token-type:${name}`

export const exchangeFields = (subjectToken: string, type = 'jwt') => ({
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token: subjectToken,
  subject_token_type: tokenType(type),
})

export function exchange(client: Client, subjectToken: string, more: object = {}): Promise<Reply> {
  const headers = { authorization: `Bearer ${client.key}` }
  return postForm(client.address, '/oauth2/token', { ...exchangeFields(subjectToken), ...more }, headers)
}

/** `sub` becomes the external id unless told otherwise; on the given channel or one made for it. */
export async function trust(client: Client, issuer: TestIssuer, fields: object = {}, channel?: Channel) {
  const { id: channelId } = channel ?? (await makeChannel(client))
  const { status, body } = await client.post('/trusted-issuers', {
    issuer: issuer.issuer,
    jwksUri: issuer.jwksUri,
    audience: issuer.audience,
    channelId,
    mapping: { identifier: null, externalId: 'sub' },
    ...fields,
  })
  if (status !== 200) throw new Error(`Not trusted: ${JSON.stringify(body)}`)
  return body as TrustedIssuer
}

/** An issuer of its own, trusted as the fields say on a channel of its own; `swap` signs claims and exchanges them. */
export async function trustNew(
  client: Client,
  fields: object = {},
  channelFields: Readonly<Record<string, unknown>> = {},
) {
  const own = await startTestIssuer()
  const channel = await makeChannel(client, channelFields)
  const { id } = await trust(client, own, fields, channel)
  const swap = async (claims: object) => exchange(client, await own.sign(claims as never))
  return { own, id, channel, swap, close: () => own.close() }
}
