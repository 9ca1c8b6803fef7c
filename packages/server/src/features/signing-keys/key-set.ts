// The signing keys of the instance, held ready: signs with the one in force, publishes all that verifiers may meet.
import { createPublicKey, sign as signBytes, type KeyObject } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Logger } from 'pino'
import type { Signer } from '../../context.ts'
import type { Database } from '../../db/database.ts'
import type { Clock } from '../../lib/clock.ts'
import { joseSignature } from '../../lib/jose-signature.ts'
import { listPublishedKeys } from './queries.ts'
import { openPrivateKey, type PublicJwk } from './service.ts'

export interface KeySet extends Signer {
  /** null for a key that is not, or no longer, published. */
  publicKey(kid: string): KeyObject | null
  close(): void
  /** The body of /.well-known/jwks.json (RFC 7517). */
  published(): { keys: readonly PublicJwk[] }
}

interface HeldKey {
  readonly kid: string
  readonly jwk: PublicJwk
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly signsFrom: number
  readonly publishedUntil: number | null
  /** Encoded protected headers by `typ`. */
  readonly headers: Map<string, string>
}

const reloadEveryMs = 60_000

/** Throws when the instance secret does not open the keys of this database. */
export async function openKeySet(options: {
  db: Database
  clock: Clock
  log: Logger
  secret: string
}): Promise<KeySet> {
  const { db, clock, log, secret } = options
  const load = async () => (await listPublishedKeys(db.read, clock.now())).map((row) => held(row, secret))
  let keys = await load()
  const reload = () => {
    load().then(
      (loaded) => (keys = loaded),
      (error: unknown) => log.error({ err: error }, 'signing keys could not be read again'),
    )
  }
  db.subscribe('signing-keys', reload)
  // News can be late.
  const timer = setInterval(reload, reloadEveryMs)
  timer.unref()
  // Time alone ends the publication of a key.
  const published = () => keys.filter(({ publishedUntil }) => publishedUntil === null || publishedUntil > clock.now())
  const inForce = () => {
    const now = clock.now()
    // A clock that was set back to before the first key must not stop everything.
    const key = keys.findLast(({ signsFrom }) => signsFrom <= now) ?? keys[0]
    if (!key) throw new Error('There is no signing key in force')
    return key
  }
  return {
    close: () => clearInterval(timer),
    publicKey: (kid) => published().find((key) => key.kid === kid)?.publicKey ?? null,
    published: () => ({ keys: published().map((key) => key.jwk) }),
    keyInForce: () => inForce().kid,
    async sign(type, claims) {
      const key = inForce()
      const input = `${headerOf(key, type)}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
      const signature = joseSignature(await ecdsaSignature(input, key.privateKey))
      return `${input}.${signature.toString('base64url')}`
    },
  }
}

function held(row: Parameters<typeof openPrivateKey>[0], secret: string): HeldKey {
  const privateKey = openPrivateKey(row, secret)
  return {
    kid: row.kid,
    jwk: JSON.parse(row.public_jwk) as PublicJwk,
    privateKey,
    publicKey: createPublicKey(privateKey),
    signsFrom: row.signs_from,
    publishedUntil: row.published_until,
    headers: new Map(),
  }
}

function headerOf(key: HeldKey, type: string): string {
  const known = key.headers.get(type)
  if (known) return known
  const header = Buffer.from(JSON.stringify({ alg: key.jwk.alg, typ: type, kid: key.kid })).toString('base64url')
  key.headers.set(type, header)
  return header
}

/** A signature costs more than anything else in a request: with a second core it is made beside the event loop. */
const besideTheLoop = availableParallelism() > 1

async function ecdsaSignature(input: string, key: KeyObject): Promise<Buffer> {
  const bytes = Buffer.from(input)
  if (!besideTheLoop) return signBytes('sha256', bytes, key)
  return new Promise((resolve, reject) => {
    signBytes('sha256', bytes, key, (error, signature) => (error ? reject(error) : resolve(signature)))
  })
}
