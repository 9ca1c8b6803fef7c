import {
  basePaths,
  oauthOperations,
  operations,
  tokenExchangeGrant,
  type organizationFields,
  type referralFields,
  type userListFields,
  type ErrorCode,
  type Input,
  type OAuthErrorCode,
  type OAuthForm,
  type OAuthOperation,
  type OAuthOperations,
  type OAuthOutput,
  type Operation,
  type Operations,
  type Output,
  type ReferralErrorCode,
} from '@narthex/contract'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { createClient, readMe, type OrganizationField, type ReferralField, type UserField } from './index.ts'
import type * as wire from './types.ts'

const id = '6f0e4b3c-1c6a-4a7e-9c61-0d3f9a526e0c'

/** Operations that are no methods of the client, each with the reason. */
const elsewhere: Record<string, string> = {
  'me.get': "`readMe` calls it: it takes an external user's access token and no API key",
  'revocations.stream': '`createVerifier` follows it: what it carries is of use only when it is verified',
}
const called = Object.entries(operations as Record<string, Operation>).filter(([id]) => !(id in elsewhere))

/** The same for the OAuth endpoints; those that are methods have their own names. */
const oauthElsewhere: Record<string, string> = {
  'oauth.metadata': 'stock OAuth clients read it to find the endpoints, which the SDK knows',
}
const oauthMethods: Record<string, string> = {
  'oauth.introspect': 'tokens.introspect',
  'oauth.revoke': 'tokens.revoke',
  'oauth.token': 'tokens.exchange',
}

/** What else there is for each operation that answers page by page, and for decisions on a referral as it was seen. */
const lists = Object.values(operations as Record<string, Operation>).filter(
  ({ id }) => id.endsWith('.list') && id !== 'memberTokens.list',
)
const conveniences = [
  ...lists.map((operation) => `${operation.id}All`),
  'referrals.admit',
  'referrals.reject',
  'referrals.revoke',
]

/** What the service could answer, as little as the method reads of it. */
const answers: Record<string, string> = {
  'referrals.list': '{"externalUsers":[],"meta":{"page":{}}}',
  'organizations.list': '{"organizations":[],"meta":{"page":{}}}',
  'users.list': '{"users":[],"meta":{"page":{}}}',
  'referrals.withdraw': '',
}
const answerOf = ({ id, media }: Operation) => ({ media, ...(id in answers && { text: answers[id] as string }) })

/** A connection whose requests go nowhere and are noted; success is answered as the operation would. */
function recording(answer: { media?: string | undefined; text?: string } = {}) {
  const requests: Request[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push(new Request(input as string, init))
    const { media = 'application/json', text = '{}' } = answer
    return new Response(text, { headers: { etag: '"1"', 'content-type': media } })
  }
  return { requests, connection: { baseUrl: 'https://id.example.com', fetch } }
}

function recorded(answer?: Parameters<typeof recording>[0]) {
  const { requests, connection } = recording(answer)
  const client = createClient({ ...connection, apiKey: 'a-key' })
  return {
    client: client as unknown as Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>,
    requests,
  }
}

const method = (operationId: string) => operationId.split('.') as [resource: string, verb: string]

describe('the SDK and the contract', () => {
  it.each(called)('calls %s with its method, path, body and header fields', async (operationId, operation) => {
    const { client, requests } = recorded(answerOf(operation))
    const [resource, verb] = method(operationId)
    const call = client[resource]?.[verb]
    expect(call).toBeTypeOf('function')
    const body = { note: 'as given' }
    const takesId = operation.path.includes('{id}')
    const query = operation.query ? [{ since: 7 }] : []
    await call?.(...(takesId ? [id] : []), ...query, ...(operation.body ? [body] : []), {
      signal: new AbortController().signal,
    })
    const [request] = requests as [Request]
    const { pathname, search } = new URL(request.url)
    expect([request.method, pathname]).toEqual([
      operation.method,
      basePaths[operation.surface] + operation.path.replace('{id}', id),
    ])
    expect(search).toBe(operation.query ? '?since=7' : '')
    expect(request.headers.get('authorization')).toBe('a-key')
    expect(request.headers.has('idempotency-key')).toBe(operation.creates === true)
    const text = await request.text()
    expect(text).toBe(operation.body ? JSON.stringify(body) : '')
    expect(request.headers.get('content-type')).toBe(operation.body ? 'application/json' : null)
  })

  it.each(called.filter(([, { versioned }]) => versioned))(
    'sends the entity tag with %s where the contract takes one',
    async (operationId, operation) => {
      const { client, requests } = recorded(answerOf(operation))
      const [resource, verb] = method(operationId)
      const input = [
        ...(operation.path.includes('{id}') ? [id] : []),
        ...(operation.body || operation.query ? [{}] : []),
      ]
      await client[resource]?.[verb]?.(...input, { ifMatch: '"7"', ifNoneMatch: '"8"', idempotencyKey: 'mine' })
      const headers = (requests[0] as Request).headers
      const changes = operation.method === 'PATCH' || operation.method === 'DELETE'
      expect(headers.get('if-match')).toBe(changes ? '"7"' : null)
      expect(headers.get('if-none-match')).toBe(operation.method === 'GET' ? '"8"' : null)
      expect(headers.get('idempotency-key')).toBe(operation.creates ? 'mine' : null)
    },
  )

  it("reads the external user with the external user's own access token, as Bearer token", async () => {
    const { requests, connection } = recording()
    await readMe({ ...connection, accessToken: 'a-token' })
    const [request] = requests as [Request]
    const { method: verb, path } = operations['me.get']
    expect([request.method, request.url]).toEqual([verb, `https://id.example.com/api/v1${path}`])
    expect(request.headers.get('authorization')).toBe('Bearer a-token')
  })

  it.each(Object.entries(oauthMethods))(
    'sends %s as a form with the API key as Bearer token',
    async (oauthId, name) => {
      const { path, output, form } = oauthOperations[oauthId as keyof OAuthOperations] as OAuthOperation
      const { client, requests } = recorded(output === null ? { text: '' } : {})
      const [resource, verb] = method(name)
      await client[resource]?.[verb]?.(verb === 'exchange' ? { subject_token: 'a+b c' } : 'a+b c')
      const [request] = requests as [Request]
      expect([request.method, request.url]).toEqual(['POST', `https://id.example.com${path}`])
      expect(request.headers.get('authorization')).toBe('Bearer a-key')
      expect(request.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
      const sent = Object.fromEntries(new URLSearchParams(await request.text()))
      expect(Object.keys((form as unknown as { properties: object }).properties)).toEqual(
        expect.arrayContaining(Object.keys(sent)),
      )
      expect(sent).toMatchObject(
        verb === 'exchange' ? { subject_token: 'a+b c', grant_type: tokenExchangeGrant } : { token: 'a+b c' },
      )
    },
  )

  it('calls every OAuth endpoint, or says why not', () => {
    expect([...Object.keys(oauthMethods), ...Object.keys(oauthElsewhere)].toSorted()).toEqual(
      Object.keys(oauthOperations).toSorted(),
    )
  })

  it('has no method that the contract lacks, besides the walks through its lists and the decisions by name', () => {
    const { client } = recorded()
    const methods = Object.entries(client).flatMap(([resource, verbs]) =>
      Object.keys(verbs).map((verb) => `${resource}.${verb}`),
    )
    expect(methods.sort()).toEqual(
      [...called.map(([operationId]) => operationId), ...conveniences, ...Object.values(oauthMethods)].toSorted(),
    )
  })

  it('has for every answer exactly the shape of the contract', () => {
    expectTypeOf<wire.AuthenticatedExternalUser>().toEqualTypeOf<Output<Operations['externalUsers.authenticate']>>()
    expectTypeOf<wire.CreatedExternalUser>().toEqualTypeOf<Output<Operations['externalUsers.create']>>()
    expectTypeOf<wire.ExternalUser>().toEqualTypeOf<Output<Operations['externalUsers.get']>>()
    expectTypeOf<wire.ExternalUserGroup>().toEqualTypeOf<Output<Operations['externalUserGroups.get']>>()
    expectTypeOf<wire.Tier>().toEqualTypeOf<Output<Operations['tiers.get']>>()
    expectTypeOf<wire.Channel>().toEqualTypeOf<Output<Operations['channels.get']>>()
    expectTypeOf<wire.SuperIdentity>().toEqualTypeOf<Output<Operations['superIdentities.get']>>()
    expectTypeOf<wire.ApiKey>().toEqualTypeOf<Output<Operations['apiKeys.get']>>()
    expectTypeOf<wire.ApiKeyWithSecret>().toEqualTypeOf<Output<Operations['apiKeys.create']>>()
    expectTypeOf<wire.Workspace>().toEqualTypeOf<Output<Operations['workspace.get']>>()
    expectTypeOf<wire.Message>().toEqualTypeOf<Output<Operations['tiers.delete']>>()
    expectTypeOf<wire.Access>().toEqualTypeOf<Output<Operations['externalUsers.access']>>()
    expectTypeOf<wire.Message>().toEqualTypeOf<Output<Operations['externalUsers.revokeTokens']>>()
    expectTypeOf<wire.Message>().toEqualTypeOf<Output<Operations['superIdentities.revokeTokens']>>()
    expectTypeOf<wire.Block>().toEqualTypeOf<Output<Operations['blocks.get']>>()
    expectTypeOf<wire.TrustedIssuer>().toEqualTypeOf<Output<Operations['trustedIssuers.get']>>()
    expectTypeOf<wire.Member>().toEqualTypeOf<Output<Operations['members.get']>>()
    expectTypeOf<wire.InvitedMember>().toEqualTypeOf<Output<Operations['members.create']>>()
    expectTypeOf<wire.MemberToken>().toEqualTypeOf<Output<Operations['memberTokens.revoke']>>()
    expectTypeOf<wire.CreatedMemberToken>().toEqualTypeOf<Output<Operations['memberTokens.create']>>()
    expectTypeOf<Output<Operations['referrals.get']>>().toExtend<wire.Referral>()
    expectTypeOf<Output<Operations['referrals.list']>>().toExtend<wire.ReferralList>()
    expectTypeOf<Output<Operations['referrals.decisions']>>().toExtend<wire.ReferralDecisions>()
    expectTypeOf<Output<Operations['referrals.evidence']>>().toExtend<wire.Evidence>()
    expectTypeOf<Output<Operations['organizations.list']>>().toExtend<wire.OrganizationList>()
    expectTypeOf<Output<Operations['users.list']>>().toExtend<wire.UserList>()
    expectTypeOf<wire.SigningKey>().toEqualTypeOf<Output<Operations['signingKeys.rotate']>>()
    expectTypeOf<wire.Me>().toEqualTypeOf<Output<Operations['me.get']>>()
    expectTypeOf<wire.TokenState>().toEqualTypeOf<OAuthOutput<OAuthOperations['oauth.introspect']>>()
    expectTypeOf<wire.ExchangedToken>().toEqualTypeOf<OAuthOutput<OAuthOperations['oauth.token']>>()
    expectTypeOf<wire.ErrorCode>().toEqualTypeOf<ErrorCode>()
    expectTypeOf<wire.ReferralErrorCode>().toEqualTypeOf<`narthex.referral.${ReferralErrorCode}`>()
    expectTypeOf<wire.OAuthErrorCode>().toEqualTypeOf<OAuthErrorCode>()
  })

  it('takes whatever body and query the contract takes', () => {
    expectTypeOf<Input<Operations['externalUsers.authenticate']>['body']>().toExtend<wire.AuthenticateExternalUser>()
    expectTypeOf<Input<Operations['externalUsers.create']>['body']>().toExtend<wire.CreateExternalUser>()
    expectTypeOf<Input<Operations['externalUsers.update']>['body']>().toExtend<wire.UpdateExternalUser>()
    expectTypeOf<Input<Operations['externalUserGroups.create']>['body']>().toExtend<wire.CreateExternalUserGroup>()
    expectTypeOf<Input<Operations['tiers.create']>['body']>().toExtend<wire.CreateTier>()
    expectTypeOf<Input<Operations['channels.create']>['body']>().toExtend<wire.CreateChannel>()
    expectTypeOf<Input<Operations['apiKeys.create']>['body']>().toExtend<wire.CreateApiKey>()
    expectTypeOf<Input<Operations['apiKeys.rotate']>['body']>().toExtend<wire.RotateApiKey>()
    expectTypeOf<Input<Operations['apiKeys.revoke']>['body']>().toExtend<wire.RevokeApiKey>()
    expectTypeOf<Input<Operations['workspace.update']>['body']>().toExtend<wire.UpdateWorkspace>()
    expectTypeOf<Input<Operations['blocks.create']>['body']>().toExtend<wire.CreateBlock>()
    expectTypeOf<Input<Operations['blocks.lift']>['body']>().toExtend<wire.LiftBlock>()
    expectTypeOf<Input<Operations['trustedIssuers.create']>['body']>().toExtend<wire.CreateTrustedIssuer>()
    expectTypeOf<Input<Operations['trustedIssuers.update']>['body']>().toExtend<wire.UpdateTrustedIssuer>()
    expectTypeOf<Input<Operations['signingKeys.rotate']>['body']>().toExtend<wire.RotateSigningKey>()
    expectTypeOf<Input<Operations['members.create']>['body']>().toExtend<wire.CreateMember>()
    expectTypeOf<Input<Operations['members.update']>['body']>().toExtend<wire.UpdateMember>()
    expectTypeOf<Input<Operations['memberTokens.create']>['body']>().toExtend<wire.CreateMemberToken>()
    expectTypeOf<Input<Operations['referrals.refer']>['body']>().toExtend<wire.ReferPerson>()
    expectTypeOf<Input<Operations['referrals.review']>['body']>().toExtend<wire.ReviewReferral>()
    expectTypeOf<OAuthForm<OAuthOperations['oauth.token']>>().toExtend<wire.TokenExchangeForm>()
    expectTypeOf<Input<Operations['blocks.list']>['query']>().toExtend<wire.ListBlocksQuery>()
    expectTypeOf<Input<Operations['trustedIssuers.list']>['query']>().toExtend<wire.ListTrustedIssuersQuery>()
    expectTypeOf<Input<Operations['externalUsers.access']>['query']>().toExtend<wire.AccessExternalUsersQuery>()
    expectTypeOf<Input<Operations['revocations.get']>['query']>().toExtend<wire.GetRevocationsQuery>()
    expectTypeOf<Input<Operations['externalUsers.list']>['query']>().toExtend<wire.ListExternalUsersQuery>()
    expectTypeOf<Input<Operations['channels.list']>['query']>().toExtend<wire.ListChannelsQuery>()
    expectTypeOf<Input<Operations['members.list']>['query']>().toExtend<wire.ListMembersQuery>()
    expectTypeOf<Input<Operations['referrals.list']>['query']>().toExtend<wire.ListReferralsQuery>()
    expectTypeOf<Input<Operations['organizations.list']>['query']>().toExtend<wire.ListOrganizationsQuery>()
    expectTypeOf<Input<Operations['users.list']>['query']>().toExtend<wire.ListUsersQuery>()
    expectTypeOf<keyof Input<Operations['externalUsers.list']>['query']>().toEqualTypeOf<
      keyof wire.ListExternalUsersQuery
    >()
  })

  it('filters and sorts by the fields of the contract and no others', () => {
    expectTypeOf<ReferralField>().toEqualTypeOf<keyof typeof referralFields>()
    expectTypeOf<OrganizationField>().toEqualTypeOf<keyof typeof organizationFields>()
    expectTypeOf<UserField>().toEqualTypeOf<keyof typeof userListFields>()
  })

  it.each(['admit', 'reject', 'revoke'])('decides %s about the version of the referral that was seen', async (verb) => {
    const { client, requests } = recorded()
    await client['referrals']?.[verb]?.({ id, meta: { version: '7.abc' } }, { reviewerComment: 'Because.' })
    const [request] = requests as [Request]
    expect([request.method, new URL(request.url).pathname]).toEqual(['PATCH', `/api/referral/v1/external-users/${id}`])
    expect(request.headers.get('if-match')).toBe('"7.abc"')
    const status = { admit: 'ADMITTED', reject: 'REJECTED', revoke: 'REVOKED' }[verb]
    expect(await request.json()).toEqual({ reviewerComment: 'Because.', status })
  })
})
