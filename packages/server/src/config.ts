// The environment as one frozen Config. Nothing else reads process.env.
import { join, resolve } from 'node:path'
import { parseAllowEntry } from './lib/addresses.ts'

export interface Config {
  readonly databaseUrl: string
  readonly dataDir: string
  readonly host: string
  readonly port: number
  /** null: derived from host and port once it listens. */
  readonly publicUrl: string | null
  /** null: kept in the data folder, made on first start. */
  readonly secret: string | null
  readonly logLevel: string
  /** Requests per second and credential; null: unlimited. */
  readonly rateLimit: number | null
  readonly outgoingAllow: readonly string[]
  /** The identity provider of the members; null: they sign in without one. */
  readonly oidc: OidcSettings | null
}

export interface OidcSettings {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

/** A setting that cannot be used; the message is one line that names it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

type Environment = Readonly<Record<string, string | undefined>>

const names = [
  'NARTHEX_DATABASE_URL',
  'NARTHEX_DATA_DIR',
  'NARTHEX_HOST',
  'NARTHEX_LOG_LEVEL',
  'NARTHEX_OIDC_CLIENT_ID',
  'NARTHEX_OIDC_CLIENT_SECRET',
  'NARTHEX_OIDC_ISSUER',
  'NARTHEX_OUTGOING_ALLOW',
  'NARTHEX_PORT',
  'NARTHEX_PUBLIC_URL',
  'NARTHEX_RATE_LIMIT',
  'NARTHEX_SECRET',
] as const

/** Of the command line alone. A server is not disturbed by it: both are often started in one shell. */
const memberTokenName = 'NARTHEX_MEMBER_TOKEN'

/** Whose token the commands use that ask a running server; undefined without one. */
export function readMemberToken(environment: Environment = process.env): string | undefined {
  return environment[memberTokenName] || undefined
}

/** Throws `ConfigError` for an unknown NARTHEX_ name or a value that cannot be used. An empty value counts as absent. */
export function readConfig(environment: Environment = process.env): Config {
  const unknown = Object.keys(environment).find((name) => name.startsWith('NARTHEX_') && !isKnown(name))
  if (unknown) throw new ConfigError(`${unknown} is not a setting. Known: ${names.join(', ')}`)
  const value = (name: (typeof names)[number]) => environment[name] || undefined
  const dataDir = resolve(value('NARTHEX_DATA_DIR') ?? 'data')
  return Object.freeze({
    databaseUrl: databaseUrl(value('NARTHEX_DATABASE_URL') ?? `sqlite:${join(dataDir, 'narthex.db')}`),
    dataDir,
    host: value('NARTHEX_HOST') ?? '127.0.0.1',
    port: port(value('NARTHEX_PORT') ?? '8080'),
    publicUrl: publicUrl(value('NARTHEX_PUBLIC_URL')),
    secret: secret(value('NARTHEX_SECRET')),
    logLevel: logLevel(value('NARTHEX_LOG_LEVEL') ?? 'info'),
    rateLimit: rateLimit(value('NARTHEX_RATE_LIMIT') ?? '1000'),
    outgoingAllow: outgoingAllow(value('NARTHEX_OUTGOING_ALLOW') ?? ''),
    oidc: oidc(value),
  })
}

/** Where the service is, as far as the settings tell: with port 0 only a running one knows. */
export function addressIn({ publicUrl: known, host, port: at }: Config): string {
  return known ?? `http://${host.includes(':') ? `[${host}]` : host}:${at}`
}

function isKnown(name: string): boolean {
  return name === memberTokenName || (names as readonly string[]).includes(name)
}

function databaseUrl(text: string): string {
  if (/^(sqlite:.+|postgres(ql)?:\/\/.+)$/.test(text)) return text
  throw new ConfigError('NARTHEX_DATABASE_URL must begin with sqlite: or postgres://')
}

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new ConfigError('NARTHEX_PORT must be a number from 0 to 65535')
}

function publicUrl(text: string | undefined): string | null {
  if (text === undefined) return null
  const url = URL.canParse(text) ? new URL(text) : null
  const usable = url && ['http:', 'https:'].includes(url.protocol) && url.search + url.hash + url.username === ''
  if (!usable) throw new ConfigError('NARTHEX_PUBLIC_URL must be an http or https address without query or credentials')
  return url.href.replace(/\/+$/, '')
}

function secret(text: string | undefined): string | null {
  if (text === undefined) return null
  if (Buffer.byteLength(text) >= 32) return text
  throw new ConfigError('NARTHEX_SECRET must be at least 32 bytes')
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

function logLevel(text: string): string {
  if (logLevels.includes(text)) return text
  throw new ConfigError(`NARTHEX_LOG_LEVEL must be one of ${logLevels.join(', ')}`)
}

function rateLimit(text: string): number | null {
  if (text === 'off') return null
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new ConfigError('NARTHEX_RATE_LIMIT must be a number of requests per second, or off')
}

function outgoingAllow(text: string): string[] {
  const entries = text.split(/[\s,]+/).filter((entry) => entry !== '')
  const wrong = entries.find((entry) => parseAllowEntry(entry) === null)
  if (wrong === undefined) return entries
  throw new ConfigError(
    `NARTHEX_OUTGOING_ALLOW must list host names, addresses and CIDR ranges; ${JSON.stringify(wrong)} is none`,
  )
}

const oidcNames = ['NARTHEX_OIDC_ISSUER', 'NARTHEX_OIDC_CLIENT_ID', 'NARTHEX_OIDC_CLIENT_SECRET'] as const

/** All three or none: a provider that is half connected would look connected. */
function oidc(value: (name: (typeof names)[number]) => string | undefined): OidcSettings | null {
  const [issuer, clientId, clientSecret] = oidcNames.map(value)
  if (!issuer && !clientId && !clientSecret) return null
  const missing = oidcNames.find((name) => !value(name))
  if (!issuer || !clientId || !clientSecret)
    throw new ConfigError(`${missing} is missing: ${oidcNames.join(', ')} belong together`)
  const url = URL.canParse(issuer) ? new URL(issuer) : null
  const usable = url && ['http:', 'https:'].includes(url.protocol) && url.search + url.hash + url.username === ''
  if (!usable) throw new ConfigError('NARTHEX_OIDC_ISSUER must be an https address without query or credentials')
  return { issuer, clientId, clientSecret }
}
