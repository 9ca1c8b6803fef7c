// The server's public entry: what the command line and tests may use.
export { addressIn, ConfigError, readConfig, readMemberToken, type Config } from './config.ts'
export { createServer, type Server, type ServerOptions } from './server.ts'
export { openOperator, type OperatorSession, type WorldReport } from './operator.ts'
export { Refused } from './lib/refused.ts'
export type { FirstCredentials, MemberCredentials, OwnerCredentials } from './initialise.ts'
export { referralStatuses, roles, scopes, type Role, type Scope } from '@narthex/contract'
