// Signing keys on the wire. They belong to the whole instance, so only its first workspace may rotate them.
import Type from 'typebox'
import { Described, Exactly, Timestamp } from '../common.ts'
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
  body: Exactly(
    { force: Type.Boolean({ default: false, description: 'true lets the new key sign at once, for emergencies.' }) },
    'RotateSigningKey',
  ),
  output: Exactly(
    {
      kid: Type.String({ description: 'The id of the new key, as the key set and the header of tokens name it.' }),
      signsFrom: Described(Timestamp, 'From when on the new key signs.'),
    },
    'SigningKey',
    'A signing key as it was made.',
  ),
  errors: ['route_not_found', 'rotation_in_progress'],
  events: ['signing_key.rotated'],
})
