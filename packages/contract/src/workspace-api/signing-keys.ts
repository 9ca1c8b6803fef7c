// Signing keys on the wire. They belong to the whole instance, so only its first workspace may rotate them.
import Type from 'typebox'
import { Exactly, Timestamp } from '../common.ts'
import { operation } from '../operation.ts'

export const rotate = operation({
  id: 'signingKeys.rotate',
  surface: 'workspace',
  method: 'POST',
  path: '/signing-keys/rotate',
  scope: 'signing-keys:write',
  summary: 'Rotate the signing key',
  description:
    'A new key is published now and signs ten minutes later, when every verifier has seen it. `force` lets it sign at once, ' +
    'for emergencies. Answered 404 to every workspace but the first.',
  body: Exactly({ force: Type.Boolean({ default: false }) }, 'RotateSigningKey'),
  output: Exactly({ kid: Type.String(), signsFrom: Timestamp }, 'SigningKey'),
  errors: ['route_not_found', 'rotation_in_progress'],
  events: ['signing_key.rotated'],
})
