// The closed table of error codes: the only place where a refusal gets its status and its public sentence.

/** Every code an answer may carry. Codes are append-only: once published, a code keeps its status and meaning. */
export const errorCodes = {
  // 400
  invalid_request: [400, 'The request is not valid. `issues` names each place and rule.'],
  selectors_disagree: [400, 'The given selectors name different external users of this channel.'],
  // 401
  unauthorized: [401, 'A valid API key or member token is required in the Authorization header.'],
  // 403
  scope_missing: [403, 'The credential lacks the scope that this operation requires.'],
  member_required: [403, 'Only a member may do this: an API key never stands for one.'],
  role_insufficient: [403, 'The role of the member does not allow this.'],
  review_forbidden: [403, 'A referral is decided by a member who is neither its referrer nor the referred person.'],
  scope_exceeded: [403, 'An API key may only manage keys whose scopes it holds itself.'],
  external_user_blocked: [403, 'The external user is blocked.'],
  admission_required: [403, 'The channel lets in admitted persons only, and this person holds no admission.'],
  admission_ended: [403, 'The channel lets in admitted persons only, and the admission of this person has ended.'],
  // 404
  route_not_found: [404, 'There is nothing at this address.'],
  api_key_not_found: [404, 'API key not found.'],
  block_not_found: [404, 'Block not found.'],
  channel_not_found: [404, 'Channel not found.'],
  external_user_not_found: [404, 'External user not found.'],
  external_user_group_not_found: [404, 'External user group not found.'],
  member_not_found: [404, 'Member not found.'],
  member_token_not_found: [404, 'Member token not found.'],
  organization_not_found: [404, 'Organization not found.'],
  referral_not_found: [404, 'Referral not found.'],
  super_identity_not_found: [404, 'Super identity not found.'],
  tier_not_found: [404, 'Tier not found.'],
  trusted_issuer_not_found: [404, 'Trusted issuer not found.'],
  user_not_found: [404, 'User not found.'],
  workspace_not_found: [404, 'Workspace not found.'],
  // 405
  method_not_allowed: [405, 'This address does not answer to that method. `Allow` lists those it answers to.'],
  // 409
  identifier_taken: [409, 'Another external user of this channel has this identifier.'],
  external_id_taken: [409, 'Another resource of the same kind has this external id.'],
  identifier_held_by_another_person: [409, 'This address belongs to another person.'],
  identifier_fixed: [
    409,
    'On this channel the identifier is fixed while a referral of the person waits for a decision or is admitted.',
  ],
  blocked_elsewhere: [409, 'A block on the person or the identifier remains: the account stays blocked.'],
  tier_in_use: [409, 'The tier is in use and cannot be deleted.'],
  channel_in_use: [409, 'External users came in by this channel; it can be archived, not deleted.'],
  identifier_kind_fixed: [409, 'The identifier kind of a channel is fixed once an external user exists.'],
  audience_taken: [409, 'Another workspace of this instance has this token audience.'],
  api_key_revoked: [409, 'The API key is revoked.'],
  external_user_erased: [409, 'The external user is erased and can no longer change.'],
  member_exists: [409, 'A member of this workspace has this address.'],
  member_joined: [409, 'The member has joined already: there is nothing to invite it to.'],
  last_owner: [409, 'The last owner of a workspace stays an owner.'],
  referral_exists: [409, 'Another referral of this person is open or admitted.'],
  transition_forbidden: [409, 'The referral does not go from its status to this one.'],
  person_blocked: [409, 'The person is blocked: admitting it needs `override: true` and a comment.'],
  issuer_taken: [409, 'This workspace trusts this issuer already.'],
  rotation_in_progress: [409, 'A rotation is in progress: the new key is published and does not sign yet.'],
  idempotency_in_progress: [409, 'A request with this Idempotency-Key is still running.'],
  // 412 – 431
  precondition_failed: [412, 'The resource has changed: its entity tag is not the one given in If-Match.'],
  payload_too_large: [413, 'The body is larger than 64 KiB.'],
  uri_too_long: [414, 'The address is longer than 32 KiB.'],
  unsupported_media_type: [415, 'The body must be application/json in UTF-8.'],
  idempotency_key_reused: [422, 'This Idempotency-Key was used for a different request.'],
  precondition_required: [428, 'This needs If-Match with the entity tag of the version that it is meant for.'],
  rate_limited: [429, 'Too many requests. Retry-After says when to try again.'],
  header_fields_too_large: [431, 'The header fields are larger than 48 KiB together.'],
  // 5xx
  internal_error: [500, 'Something went wrong on our side. The request id helps to find it.'],
  overloaded: [503, 'The service has more work than it can take. Retry-After says when to try again.'],
  database_unavailable: [503, 'The database cannot be reached. Retry-After says when to try again.'],
  issuer_unavailable: [503, 'The keys of the trusted issuer cannot be fetched. Retry-After says when to try again.'],
  shutting_down: [503, 'The service is shutting down. Another node, or the restarted one, will answer.'],
} as const satisfies Record<string, readonly [status: number, message: string]>

export type ErrorCode = keyof typeof errorCodes

/** The value of `name` beside `code` in an error body: the status in one word. */
export const errorNames: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  412: 'PreconditionFailed',
  413: 'PayloadTooLarge',
  414: 'UriTooLong',
  415: 'UnsupportedMediaType',
  422: 'UnprocessableEntity',
  428: 'PreconditionRequired',
  429: 'TooManyRequests',
  431: 'RequestHeaderFieldsTooLarge',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
}
