// Signing in to the console. It is no part of the published API: only the page of the same service calls it.
import Type, { type Static } from 'typebox'
import { Described, Exactly, Id, Nullable, Timestamp } from '../common.ts'
import { roles, type Role } from '../roles.ts'
import { Email } from '../workspace-api/members.ts'
import { consoleOperation } from './operation.ts'

/** NIST SP 800-63B: a length and no rules of composition. 128 code points leave room for every passphrase. */
const NewPassword = Type.String({ minLength: 12, maxLength: 128, description: '12 to 128 code points.' })
const Password = Type.String({ minLength: 1, maxLength: 128 })
const Code = Type.String({ pattern: '^\\d{6}$', description: 'Six digits of the authenticator app.' })
const Secret = Type.String({ minLength: 1, maxLength: 100 })

const Place = Exactly({
  workspaceId: Id,
  workspaceName: Type.String(),
  memberId: Id,
  firstname: Type.String(),
  lastname: Type.String(),
  role: Type.Unsafe<Role>(Type.Enum([...roles])),
})

const SignedIn = Exactly({
  email: Type.String({ description: 'What it signs in with.' }),
  hasPassword: Type.Boolean(),
  hasSecondFactor: Type.Boolean(),
  expiresAt: Described(Timestamp, 'When the sign-in ends at the latest.'),
  memberships: Type.Array(Place),
})
export type SignedIn = Static<typeof SignedIn>

const Session = Exactly({
  signedIn: Nullable(SignedIn),
  singleSignOn: Type.Boolean({ description: 'Whether the operator has connected an identity provider.' }),
})
export type Session = Static<typeof Session>

/** The operations by their ids. */
export const consoleOperations = {
  'console.session': consoleOperation({
    id: 'console.session',
    method: 'GET',
    path: '/console/session',
    signedIn: false,
    summary: 'Tell who is signed in',
    output: Session,
    errors: [],
  }),
  'console.signIn': consoleOperation({
    id: 'console.signIn',
    method: 'POST',
    path: '/console/sign-in',
    signedIn: false,
    summary: 'Sign in with a password',
    body: Exactly({ email: Email, password: Password, code: Type.Optional(Code) }),
    output: Session,
    errors: ['rate_limited', 'sign_in_failed', 'second_factor_required'],
    events: ['member.signed_in'],
  }),
  'console.signInWithToken': consoleOperation({
    id: 'console.signInWithToken',
    method: 'POST',
    path: '/console/sign-in/token',
    signedIn: false,
    summary: 'Sign in with a member token',
    body: Exactly({ memberToken: Secret }),
    output: Session,
    errors: ['rate_limited', 'sign_in_failed'],
    events: ['member.signed_in'],
  }),
  'console.acceptInvitation': consoleOperation({
    id: 'console.acceptInvitation',
    method: 'POST',
    path: '/console/invitations/accept',
    signedIn: false,
    summary: 'Join a workspace by an invitation',
    body: Exactly({ invitation: Secret, password: Type.Optional(NewPassword) }),
    output: Session,
    errors: ['rate_limited', 'invitation_not_found', 'sign_in_required'],
    events: ['member.joined'],
  }),
  'console.signOut': consoleOperation({
    id: 'console.signOut',
    method: 'POST',
    path: '/console/sign-out',
    signedIn: false,
    summary: 'Sign out',
    output: Session,
    errors: [],
    events: ['member.signed_out'],
  }),
  'console.setPassword': consoleOperation({
    id: 'console.setPassword',
    method: 'PUT',
    path: '/console/password',
    signedIn: true,
    summary: 'Set the password; other sign-ins end',
    body: Exactly({ password: NewPassword, current: Type.Optional(Password) }),
    output: Session,
    errors: ['rate_limited', 'confirmation_failed'],
    events: ['member.password_changed'],
  }),
  'console.startSecondFactor': consoleOperation({
    id: 'console.startSecondFactor',
    method: 'POST',
    path: '/console/totp',
    signedIn: true,
    summary: 'Get a secret for an authenticator app',
    output: Exactly({
      secret: Type.String({ description: 'Base32, shown once.' }),
      otpauthUrl: Type.String({ description: 'The same as authenticator apps read it.' }),
    }),
    errors: ['second_factor_exists'],
  }),
  'console.confirmSecondFactor': consoleOperation({
    id: 'console.confirmSecondFactor',
    method: 'POST',
    path: '/console/totp/confirm',
    signedIn: true,
    summary: 'Turn the second factor on with a first code; other sign-ins end',
    body: Exactly({ code: Code }),
    output: Session,
    errors: ['rate_limited', 'confirmation_failed', 'second_factor_exists'],
    events: ['member.second_factor_added'],
  }),
  'console.removeSecondFactor': consoleOperation({
    id: 'console.removeSecondFactor',
    method: 'DELETE',
    path: '/console/totp',
    signedIn: true,
    summary: 'Turn the second factor off, with a code or the password; other sign-ins end',
    body: Exactly({ code: Type.Optional(Code), password: Type.Optional(Password) }),
    output: Session,
    errors: ['rate_limited', 'confirmation_failed'],
    events: ['member.second_factor_removed'],
  }),
  'console.singleSignOn': consoleOperation({
    id: 'console.singleSignOn',
    method: 'GET',
    path: '/console/oidc',
    signedIn: false,
    summary: 'Go to the identity provider',
    output: null,
    errors: ['route_not_found', 'rate_limited'],
  }),
  'console.singleSignOnCallback': consoleOperation({
    id: 'console.singleSignOnCallback',
    method: 'GET',
    path: '/console/oidc/callback',
    signedIn: false,
    summary: 'Come back from the identity provider',
    output: null,
    errors: ['route_not_found', 'rate_limited'],
    events: ['member.signed_in', 'member.joined', 'member.credentials_reset'],
  }),
} as const

export type ConsoleOperations = typeof consoleOperations
