// What an error of the OAuth endpoints looks like on the wire (RFC 6749 section 5.2).
import Type from 'typebox'
import { Exactly } from '../common.ts'
import { oauthErrorCodes, type OAuthErrorCode } from './errors.ts'

export const OAuthErrorBody = Exactly(
  {
    error: Type.Enum(Object.keys(oauthErrorCodes) as [OAuthErrorCode, ...OAuthErrorCode[]], {
      title: 'OAuthErrorCode',
      description: 'What went wrong, in the words of the RFCs. Programs decide by it.',
    }),
    error_description: Type.String({ description: 'The same for people, in a sentence.' }),
  },
  'OAuthError',
  'The body of every answer of an OAuth endpoint that is not a success.',
)
