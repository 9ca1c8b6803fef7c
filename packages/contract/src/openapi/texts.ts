// The document's own words: what the service is, its general conventions, and each resource in a sentence.

/** The product's version: the document describes what this version answers. */
export const version = '0.1.0'

export const introduction = `Narthex lets in the people a product must serve although they are not members of the organisation
that runs it: customers, partner staff, guests. This API manages them, recognises them on any channel and hands out access tokens.

## Credential
Send an API key in the header \`authorization\`, bare or as \`Bearer <key>\`. The key decides the workspace, and its scopes decide
what it may do; each operation names the scope it needs. What belongs to another workspace does not exist: 404. One operation,
under "Me", takes an external user's own access token instead, which opens nothing else.

A member token is taken as well, and may do what the member's role allows; with several workspaces, \`x-workspace-id\` names the
one that is meant. Operations that refer, decide or make members and their tokens take nothing but a member token.

## Requests
Bodies are JSON in UTF-8, at most 64 KiB; addresses are at most 32 KiB. A key or parameter that is not known, or given twice
where one value is taken, is refused and named in \`issues\`. In a query, integers are decimal digits and booleans \`true\` or
\`false\`; a filter with several values repeats its key. Lengths of texts count Unicode code points after NFC.

## Answers
Success is 200, creation included. A nullable field is always present. Times are ISO 8601 in UTC with milliseconds; ids are UUIDs.
Every answer carries \`x-request-id\`.

## Errors
An error has a \`code\` for programs, a \`message\` for people, a \`name\` for its status and the \`requestId\`. With 429 and 503 the
header \`Retry-After\` says after how many seconds to try again.

The OAuth endpoints answer errors as \`error\` and \`error_description\`, as RFC 6749 has them.

## Lists
A list is a bare array, newest first. \`pageNumber\` and \`pageSize\` pick a page. To walk through everything, follow the address that
\`Link\` gives as \`rel="next"\`: its \`cursor\` neither skips nor repeats what was there when the walk began, however deep it goes.

## Versions
A single resource comes with an \`ETag\`. \`If-None-Match\` with it asks for news only (304 when there is none); \`If-Match\` with it
changes the resource only if nobody else did (412 otherwise).

## Safe repetition
A POST that creates takes \`Idempotency-Key\`: however often the same request is sent with it, it takes effect once.

## Referral API
Below \`/api/referral/v1\` some of this differs. A creation answers 201 with \`Location\`, a withdrawal 204. What is not known of a
referral, a user or an organization is absent. A list is an object with \`meta.page\`: \`number\` counts pages from 0, a \`size\` above
100 is served as 100, and the list has an \`ETag\` of its own. Deciding and withdrawing require \`If-Match\` (428 without it). Errors
are \`errors\`, a list of \`code\`, \`message\`, \`messageParameters\` and \`logref\`, which is the request id.

## Filters
\`filter\`, on the Referral API, is a JSON object of fields, all of which must hold. Each list names its fields.

| Form | Meaning |
|---|---|
| \`{"status":"ADMITTED"}\`, \`{"status":{"eq":"ADMITTED"}}\` | equal; null means absent |
| \`{"status":{"in":["REFERRED","ADMITTED"]}}\` | any of them |
| \`{"referrerComment":{"contains":"robot"}}\`, \`startsWith\`, \`endsWith\` | texts, letter for letter |
| \`{"referredAt":{"after":"2018-01-01T00:00:00Z"}}\`, \`before\` | times, without the one that is named |
| \`{"referredAt":{"between":"[2018-01-01T00:00:00Z, 2018-02-01T00:00:00Z)"}}\` | times; \`[\` and \`]\` include the bound, \`(\` and \`)\` do not |
| \`{"or":{"status":"REVOKED","reviewedAt":null}}\`, \`and\` | across fields |
| \`{"referredUser.email":{"or":[{"eq":"a@example.com"},{"endsWith":"@example.org"}]}}\`, \`and\` | within a field |
| \`{"not":{"status":"ADMITTED"}}\`, \`{"status":{"not":{"eq":"ADMITTED"}}}\` | not; true of what lacks the field |

At most 8 KiB, 100 conditions, and \`and\`, \`or\` and \`not\` eight deep. What means nothing is 400, and never ignored.`

export interface Resource {
  readonly tag: string
  readonly description: string
  /** What the id in a path identifies, with its article. */
  readonly noun: string
}

/** By the first part of the operation ids, in the order of the reference. */
export const resources = {
  externalUsers: {
    tag: 'External users',
    description: 'One person on one channel: recognised by an identifier or an external id, let in or blocked.',
    noun: 'an external user',
  },
  externalUserGroups: {
    tag: 'External user groups',
    description: 'Named sets of external users, for example a customer company; a group may carry a tier.',
    noun: 'an external user group',
  },
  tiers: {
    tag: 'Tiers',
    description: 'Service levels: limits and the life of access tokens.',
    noun: 'a tier',
  },
  channels: {
    tag: 'Channels',
    description: 'Where external users come in, how they are recognised there, and who may come in.',
    noun: 'a channel',
  },
  superIdentities: {
    tag: 'Super identities',
    description: 'The persons above the external users: one for each human, joining their channels.',
    noun: 'a super identity',
  },
  blocks: {
    tag: 'Blocks',
    description:
      'Refusals of an account, a person or an identifier, with reason and end. Placing one ends access tokens.',
    noun: 'a block',
  },
  me: {
    tag: 'Me',
    description: 'What the holder of an access token may know of itself.',
    noun: 'an external user',
  },
  revocations: {
    tag: 'Revocations',
    description: 'What verifiers that work offline need to know: which access tokens ended before their time.',
    noun: 'a statement',
  },
  trustedIssuers: {
    tag: 'Trusted issuers',
    description: 'Identity providers whose tokens may be exchanged for access tokens.',
    noun: 'a trusted issuer',
  },
  apiKeys: {
    tag: 'API keys',
    description: "Secrets of integrators' servers: shown once, scoped, rotated with an overlap.",
    noun: 'an API key',
  },
  signingKeys: {
    tag: 'Signing keys',
    description: 'The keys that sign access tokens. They belong to the whole instance.',
    noun: 'a signing key',
  },
  members: {
    tag: 'Members',
    description: "The workspace's own people: they sign in, refer, review and administer.",
    noun: 'a member',
  },
  memberTokens: {
    tag: 'Member tokens',
    description: 'Personal access tokens of members, for the Referral API and the command line.',
    noun: 'a member or a member token',
  },
  referrals: {
    tag: 'Referrals',
    description: 'A member vouches for a person, another member decides. Served below `/api/referral/v1`.',
    noun: 'a referral',
  },
  organizations: {
    tag: 'Organizations',
    description: 'The workspaces that the caller may see, as the Referral API calls them.',
    noun: 'an organization',
  },
  users: {
    tag: 'Users',
    description: 'The members of an organization and the persons known to it.',
    noun: 'a member or a person',
  },
  workspace: {
    tag: 'Workspace',
    description: 'The settings of the workspace that the API key belongs to.',
    noun: 'a workspace',
  },
} satisfies Record<string, Resource>

export const oauth = {
  tag: 'OAuth',
  description: 'For stock OAuth clients: asking about a token, ending it, exchanging one, and where all that is.',
}

export const instance = {
  tag: 'Instance',
  description: 'What this instance tells everybody: the keys that verify its access tokens, its health, its metrics.',
}
