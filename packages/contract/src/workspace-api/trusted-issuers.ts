// Trusted issuers on the wire: identity providers whose tokens may be exchanged for access tokens.
import Type, { type Static } from 'typebox'
import { Described, Exactly, Id, Message, Nullable, WorkspaceId, pageQuery, resourceFields } from '../common.ts'
import { operation } from '../operation.ts'

const Url = Type.String({ minLength: 1, maxLength: 2048, pattern: '^https?://[\\x21-\\x7e]+$' })
const Audience = Type.String({
  minLength: 1,
  maxLength: 255,
  pattern: '^[\\x21-\\x7e]+$',
  description: "The audience that the issuer's tokens must name, for example your client id there.",
})
const Claim = Type.String({ minLength: 1, maxLength: 100 })

/** Public keys only (RFC 7517); 20 keys of a provider with several algorithms in rotation fit. */
const Jwks = Exactly(
  {
    keys: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
      minItems: 1,
      maxItems: 20,
      description: 'JSON Web Keys (RFC 7517), public parts only.',
    }),
  },
  'JsonWebKeySet',
  'Public keys as a JSON Web Key Set (RFC 7517).',
)

const Mapping = Exactly(
  {
    identifier: Nullable(Described(Claim, 'The claim that becomes the identifier; null for none.')),
    externalId: Nullable(Described(Claim, 'The claim that becomes the external id; null for none.')),
  },
  'ClaimMapping',
  'Which claim selects the external user; at least one. `email` counts only beside `email_verified: true`.',
)

const fields = {
  issuer: Described(Url, 'The issuer, exactly as its tokens name it in `iss`.'),
  jwksUri: Nullable(Described(Url, 'Where its public keys are fetched from; null when they are pasted.')),
  jwks: Type.Union([Jwks, Type.Null()], { description: 'Its public keys, pasted; null when they are fetched.' }),
  audience: Audience,
  channelId: Described(Id, 'The channel that its people come in by.'),
  mapping: Mapping,
}

export const TrustedIssuer = Exactly(
  { ...resourceFields, ...fields, workspaceId: WorkspaceId },
  'TrustedIssuer',
  'An identity provider whose tokens may be exchanged for access tokens.',
)
export type TrustedIssuer = Static<typeof TrustedIssuer>

export const create = operation({
  id: 'trustedIssuers.create',
  surface: 'workspace',
  method: 'POST',
  path: '/trusted-issuers',
  scope: 'trusted-issuers:write',
  summary: 'Trust an issuer',
  description: 'Its keys come from `jwksUri` or are pasted as `jwks`: exactly one of the two.',
  body: Exactly(
    { ...fields, jwksUri: Type.Optional(fields.jwksUri), jwks: Type.Optional(fields.jwks) },
    'CreateTrustedIssuer',
  ),
  output: TrustedIssuer,
  errors: ['channel_not_found', 'issuer_taken'],
  events: ['trusted_issuer.created'],
  creates: true,
  versioned: true,
})

export const list = operation({
  id: 'trustedIssuers.list',
  surface: 'workspace',
  method: 'GET',
  path: '/trusted-issuers',
  scope: 'trusted-issuers:read',
  summary: 'List trusted issuers',
  description: 'Retrieves the trusted issuers of the workspace, newest first.',
  query: Exactly({ ...pageQuery }),
  output: Type.Array(TrustedIssuer),
  errors: [],
  list: true,
})

export const get = operation({
  id: 'trustedIssuers.get',
  surface: 'workspace',
  method: 'GET',
  path: '/trusted-issuers/{id}',
  scope: 'trusted-issuers:read',
  summary: 'Get a trusted issuer',
  description: 'Answers one trusted issuer with its keys or their address, and its mapping.',
  output: TrustedIssuer,
  errors: ['trusted_issuer_not_found'],
  versioned: true,
})

export const update = operation({
  id: 'trustedIssuers.update',
  surface: 'workspace',
  method: 'PATCH',
  path: '/trusted-issuers/{id}',
  scope: 'trusted-issuers:write',
  summary: 'Update a trusted issuer',
  description: 'An absent key leaves a field as it is. `mapping` is replaced as a whole; the issuer itself is fixed.',
  body: Exactly(
    {
      jwksUri: Type.Optional(fields.jwksUri),
      jwks: Type.Optional(fields.jwks),
      audience: Type.Optional(Audience),
      channelId: Type.Optional(fields.channelId),
      mapping: Type.Optional(Mapping),
    },
    'UpdateTrustedIssuer',
  ),
  output: TrustedIssuer,
  errors: ['trusted_issuer_not_found', 'channel_not_found'],
  events: ['trusted_issuer.updated'],
  versioned: true,
})

export const remove = operation({
  id: 'trustedIssuers.delete',
  surface: 'workspace',
  method: 'DELETE',
  path: '/trusted-issuers/{id}',
  scope: 'trusted-issuers:write',
  summary: 'Trust an issuer no longer',
  description: 'Tokens that were exchanged already live on; revoke them if they must not.',
  output: Message,
  errors: ['trusted_issuer_not_found'],
  events: ['trusted_issuer.deleted'],
  versioned: true,
})
