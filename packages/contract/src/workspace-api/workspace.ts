// The workspace that the credential belongs to, on the wire.
import Type, { type Static } from 'typebox'
import { Described, Exactly, Id, Name, Nullable, TokenLifetimeSeconds, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'

/** RFC 7519 StringOrURI: any text, but one with a colon must be a URI. 255 keeps tokens small. */
const TokenAudience = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^([!-9;-~]+|[A-Za-z][A-Za-z0-9+.-]*:[!-~]*)$',
  description: 'The audience (`aud`) of its access tokens; unique on the instance.',
})

const WorkspaceName = Described(Name, 'What people call the workspace.')
const DefaultTierId = Described(Id, 'The tier of external users that get none from anywhere else; null for none.')
const Lifetime = Described(
  TokenLifetimeSeconds,
  'How long access tokens live where neither tier nor channel say, in seconds.',
)

const policyFields = {
  reviewersMayRefer: Type.Boolean({ description: 'Reviewers refer as well, besides owners, admins and referrers.' }),
  partnerOrganizationIds: Type.Array(Id, {
    // They are asked for with every request of the Referral API.
    maxItems: 100,
    uniqueItems: true,
    description: 'Workspaces whose owners, admins and referrers may refer into this one, and see what they referred.',
  }),
  admissionDaysMax: Nullable(
    Type.Integer({
      minimum: 1,
      // Ten years, which nobody tells from no bound.
      maximum: 3650,
      description: 'How long an admission lasts at most, in days; one without an end gets this one. null for no bound.',
    }),
  ),
  reviewerCommentRequired: Type.Boolean({ description: 'Every decision needs a comment.' }),
  provisionalAccess: Nullable(
    Exactly(
      {
        tierId: Described(Id, 'The tier of persons who wait for their first decision.'),
        hours: Type.Integer({ minimum: 1, maximum: 24, description: 'How long from the referral on, in hours.' }),
      },
      undefined,
      'Lets a person in once, while its first referral waits for the decision; null: nobody.',
    ),
  ),
}

export const Policies = Exactly(policyFields, 'Policies', 'Who may refer, and what an admission is.')
export type Policies = Static<typeof Policies>

export const Workspace = Exactly(
  {
    ...resourceFields,
    name: WorkspaceName,
    parentId: Nullable(Described(Id, 'The workspace that this one was made under; null for none.')),
    tokenAudience: TokenAudience,
    tokenLifetimeSeconds: Lifetime,
    defaultTierId: Nullable(DefaultTierId),
    policies: Policies,
  },
  'Workspace',
  'The settings of a workspace.',
)
export type Workspace = Static<typeof Workspace>

export const get = operation({
  id: 'workspace.get',
  surface: 'workspace',
  method: 'GET',
  path: '/workspace',
  scope: 'workspace:read',
  summary: 'Get the workspace',
  description: 'Answers the settings of the workspace that the API key belongs to.',
  output: Workspace,
  errors: [],
  versioned: true,
})

export const update = operation({
  id: 'workspace.update',
  surface: 'workspace',
  method: 'PATCH',
  path: '/workspace',
  scope: 'workspace:write',
  summary: 'Update the workspace',
  description:
    'An absent key leaves a field as it is, null clears it. A change reaches access tokens issued from then on. To give `provisionalAccess` goes round the reviewer and needs the scope `channels:admission` too.',
  body: Exactly(
    {
      name: Type.Optional(WorkspaceName),
      tokenAudience: Type.Optional(TokenAudience),
      tokenLifetimeSeconds: Type.Optional(Lifetime),
      defaultTierId: Type.Optional(Nullable(DefaultTierId)),
      policies: Type.Optional(
        Type.Partial(Policies, {
          additionalProperties: false,
          title: 'UpdatePolicies',
          description: 'An absent policy stays as it is.',
        }),
      ),
    },
    'UpdateWorkspace',
  ),
  output: Workspace,
  errors: ['tier_not_found', 'audience_taken'],
  events: ['workspace.updated'],
  versioned: true,
})
