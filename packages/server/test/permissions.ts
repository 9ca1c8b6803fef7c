// Who may do what, as tables that people read: written from the reference before the code, and walked by permissions.test.ts.
import { operations, type Operation, type OperationId } from '@narthex/contract'

/**
 * Who asks. The roles are members of the workspace the tables speak of; the keys are its API keys, named by what they hold.
 * `elsewhere` and `parent` are owners of another workspace and of the one that this was made under, `partner` is a referrer
 * of a partner organization, `nobody` shows no credential.
 */
export const askers = [
  'owner',
  'admin',
  'reviewer',
  'referrer',
  'viewer',
  'every-scope',
  'referrals:read',
  'members:read',
  'elsewhere',
  'parent',
  'partner',
  'nobody',
] as const
export type Asker = (typeof askers)[number]

/**
 * What comes of it: `yes`, it is done. `own`, it is done in the caller's own workspace and shows and changes nothing of this
 * one. `role`, `scope`, `member`, `review`: 403 for that reason. `404`: byte for byte the answer to what nobody has. `401`.
 * `-`: this cannot be, as a key's own referral.
 */
export const outcomes = ['yes', 'own', 'role', 'scope', 'member', 'review', '404', '401', '-'] as const
export type Outcome = (typeof outcomes)[number]

/** What is asked about, where the operation alone does not say it. */
export interface Permission {
  readonly operation: OperationId
  /** Empty, or the words after the operation: `of its own`. */
  readonly about: string
  readonly outcome: Readonly<Record<Asker, Outcome>>
}

const columns =
  'owner admin reviewer referrer viewer | every-scope referrals:read members:read | elsewhere parent partner | nobody'

/** The Workspace API. An id in the path or in the body names something of this workspace. */
export const workspacePermissions = table(`
  externalUsers.authenticate         | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  externalUsers.list                 | yes yes yes   scope yes   | yes    scope  scope  | own own scope | 401
  externalUsers.create               | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  externalUsers.get                  | yes yes yes   scope yes   | yes    scope  scope  | 404 404 scope | 401
  externalUsers.update               | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  externalUsers.erase                | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  externalUsers.access               | yes yes yes   scope yes   | yes    scope  scope  | 404 404 scope | 401
  externalUsers.revokeTokens         | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  externalUserGroups.list            | yes yes yes   scope yes   | yes    scope  scope  | own own scope | 401
  externalUserGroups.create          | yes yes scope scope scope | yes    scope  scope  | own own scope | 401
  externalUserGroups.get             | yes yes yes   scope yes   | yes    scope  scope  | 404 404 scope | 401
  externalUserGroups.update          | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  externalUserGroups.delete          | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  tiers.list                         | yes yes yes   scope yes   | yes    scope  scope  | own own scope | 401
  tiers.create                       | yes yes scope scope scope | yes    scope  scope  | own own scope | 401
  tiers.get                          | yes yes yes   scope yes   | yes    scope  scope  | 404 404 scope | 401
  tiers.update                       | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  tiers.delete                       | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  channels.list                      | yes yes yes   scope yes   | yes    scope  scope  | own own scope | 401
  channels.create                    | yes yes scope scope scope | yes    scope  scope  | own own scope | 401
  channels.get                       | yes yes yes   scope yes   | yes    scope  scope  | 404 404 scope | 401
  channels.update                    | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  channels.archive                   | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  channels.unarchive                 | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  channels.delete                    | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  superIdentities.list               | yes yes yes   scope yes   | yes    scope  scope  | own own scope | 401
  superIdentities.get                | yes yes yes   scope yes   | yes    scope  scope  | 404 404 scope | 401
  superIdentities.update             | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  superIdentities.erase              | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  superIdentities.revokeTokens       | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  blocks.create                      | yes yes yes   scope scope | yes    scope  scope  | 404 404 scope | 401
  blocks.list                        | yes yes yes   scope yes   | yes    scope  scope  | own own scope | 401
  blocks.get                         | yes yes yes   scope yes   | yes    scope  scope  | 404 404 scope | 401
  blocks.lift                        | yes yes yes   scope scope | yes    scope  scope  | 404 404 scope | 401
  trustedIssuers.create              | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  trustedIssuers.list                | yes yes yes   scope yes   | yes    scope  scope  | own own scope | 401
  trustedIssuers.get                 | yes yes yes   scope yes   | yes    scope  scope  | 404 404 scope | 401
  trustedIssuers.update              | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  trustedIssuers.delete              | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  signingKeys.rotate                 | 404 404 scope scope scope | 404    scope  scope  | 404 own scope | 401
  revocations.get                    | yes yes scope scope scope | yes    scope  scope  | own own scope | 401
  revocations.stream                 | yes yes scope scope scope | yes    scope  scope  | own own scope | 401
  me.get                             | 401 401 401   401   401   | 401    401    401    | 401 401 401   | 401
  apiKeys.create                     | yes yes scope scope scope | yes    scope  scope  | own own scope | 401
  apiKeys.list                       | yes yes yes   scope yes   | yes    scope  scope  | own own scope | 401
  apiKeys.get                        | yes yes yes   scope yes   | yes    scope  scope  | 404 404 scope | 401
  apiKeys.update                     | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  apiKeys.rotate                     | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  apiKeys.revoke                     | yes yes scope scope scope | yes    scope  scope  | 404 404 scope | 401
  workspace.get                      | yes yes yes   scope yes   | yes    scope  scope  | own own scope | 401
  workspace.update                   | yes yes scope scope scope | yes    scope  scope  | own own scope | 401
  members.list                       | yes yes yes   scope yes   | yes    scope  yes    | own own scope | 401
  members.get                        | yes yes yes   scope yes   | yes    scope  yes    | 404 404 scope | 401
  members.create                     | yes yes role  role  role  | member member member | own own role  | 401
  members.create, an owner           | yes role role role  role  | member member member | own own role  | 401
  members.invite                     | yes yes role  role  role  | member member member | 404 404 role  | 401
  members.invite, an owner           | yes role role role  role  | member member member | 404 404 role  | 401
  members.update                     | yes yes role  role  role  | member member member | 404 404 role  | 401
  members.update, to owner           | yes role role role  role  | member member member | 404 404 role  | 401
  members.update, an owner           | yes role role role  role  | member member member | 404 404 role  | 401
  members.delete                     | yes yes role  role  role  | member member member | 404 404 role  | 401
  members.delete, an owner           | yes role role role  role  | member member member | 404 404 role  | 401
  memberTokens.list, of its own      | yes yes yes   yes   yes   | -      -      -      | own own own   | -
  memberTokens.list, of another      | 404 404 404   404   404   | member member member | 404 404 404   | 401
  memberTokens.create, for itself    | yes yes yes   yes   yes   | -      -      -      | own own own   | -
  memberTokens.create, for another   | 404 404 404   404   404   | member member member | 404 404 404   | 401
  memberTokens.revoke, of its own    | yes yes yes   yes   yes   | -      -      -      | own own own   | -
  memberTokens.revoke, of another    | 404 404 404   404   404   | member member member | 404 404 404   | 401
`)

/** The Referral API. Its requests name this workspace, as their organization, or something of it. */
export const referralPermissions = table(`
  referrals.list                     | yes yes yes   yes   yes   | yes    yes    scope  | 404 404 yes   | 401
  referrals.refer                    | yes yes role  yes   role  | member member member | 404 404 yes   | 401
  referrals.get, of its own          | yes yes -     yes   -     | -      -      -      | -   -   yes   | -
  referrals.get, of another          | yes yes yes   404   yes   | yes    yes    scope  | 404 404 404   | 401
  referrals.review, of its own       | review review - role -    | -      -      -      | -   -   role  | -
  referrals.review, of another       | yes yes yes   404   role  | member member member | 404 404 404   | 401
  referrals.review, of itself        | review review review 404 role | -  -      -      | -   -   -     | -
  referrals.withdraw, of its own     | yes yes -     yes   -     | -      -      -      | -   -   yes   | -
  referrals.withdraw, of another     | yes yes role  404   role  | member member member | 404 404 404   | 401
  referrals.decisions, of its own    | yes yes -     yes   -     | -      -      -      | -   -   yes   | -
  referrals.decisions, of another    | yes yes yes   404   yes   | yes    yes    scope  | 404 404 404   | 401
  referrals.evidence, of its own     | yes yes -     role  -     | -      -      -      | -   -   role  | -
  referrals.evidence, of another     | yes yes yes   404   role  | member member member | 404 404 404   | 401
  organizations.list                 | yes yes yes   yes   yes   | yes    yes    scope  | own own yes   | 401
  organizations.get                  | yes yes yes   yes   yes   | yes    yes    scope  | 404 404 yes   | 401
  users.list                         | yes yes yes   yes   yes   | yes    yes    scope  | 404 404 yes   | 401
  users.get, a member                | yes yes yes   yes   yes   | yes    yes    scope  | 404 404 404   | 401
  users.get, itself                  | yes yes yes   yes   yes   | -      -      -      | own own yes   | -
  users.get, whom it referred        | yes yes -     yes   -     | -      -      -      | -   -   yes   | -
  users.get, whom another referred   | yes yes yes   404   yes   | yes    yes    scope  | 404 404 404   | 401
`)

/**
 * What comes of asking about another workspace: whoever may here is told that there is no such thing. So is whoever passes
 * the first door, which knows roles and scopes but not yet what is asked about.
 */
export function outcomeAbroad({ operation, outcome }: Permission, asker: Asker): Outcome {
  const { surface, roles } = operations[operation] as Operation
  const told = outcome[asker]
  if (told === 'yes' || told === 'review') return '404'
  const isAdmitted = surface === 'referral' || roles?.some((role) => role === asker)
  return told === 'role' && isAdmitted ? '404' : told
}

function table(text: string): readonly Permission[] {
  const order = columns.split(/[\s|]+/) as Asker[]
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const bar = line.indexOf('|')
      const [operation, about = ''] = line.slice(0, bar).trim().split(', ')
      const words = line
        .slice(bar + 1)
        .split(/[\s|]+/)
        .filter(Boolean) as Outcome[]
      if (words.length !== order.length || !words.every((word) => outcomes.includes(word))) {
        throw new Error(`permissions.ts does not say one outcome for each who asks in: ${line}`)
      }
      const outcome = Object.fromEntries(order.map((asker, i) => [asker, words[i]])) as Record<Asker, Outcome>
      return { operation: operation as OperationId, about, outcome }
    })
}
