// Passwords at rest: scrypt (RFC 7914), with its parameters beside the hash. Few at once, because each takes 128 MiB.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { ApiError } from './api-error.ts'

const blockSize = 8
const parallelism = 1
const hashBytes = 32
const saltBytes = 16

export interface Passwords {
  hash(password: string): Promise<string>
  /** With no hash to compare with it works as long, so that nobody learns by waiting which addresses are known. */
  verify(password: string, hash: string | null): Promise<boolean>
  /** Whether it was made at another cost than new ones are. */
  isOutdated(hash: string): boolean
}

export interface PasswordOptions {
  /** Logarithm of scrypt's N. */
  readonly costLog2: number
  /** Running side by side; they take threads from everything else that waits for one. */
  readonly atOnceMax: number
  /** Waiting behind those; whoever comes after them is told to come back. */
  readonly waitingMax: number
  /** Told of each computation how long it took. */
  readonly worked: (seconds: number) => void
}

export function createPasswords({ costLog2, atOnceMax, waitingMax, worked }: PasswordOptions): Passwords {
  const turns = createTurns(atOnceMax, waitingMax)
  const compute = (password: string, cost: number, salt: Buffer) =>
    turns(async () => {
      const began = performance.now()
      const derived = await derive(password, cost, salt)
      worked((performance.now() - began) / 1000)
      return derived
    })
  return {
    async hash(password) {
      const salt = randomBytes(saltBytes)
      const derived = await compute(password, costLog2, salt)
      return ['scrypt', costLog2, salt.toString('base64url'), derived.toString('base64url')].join('$')
    },
    async verify(password, hash) {
      const { cost, salt, expected } = hash === null ? unknown(costLog2) : parse(hash)
      const derived = await compute(password, cost, salt)
      return timingSafeEqual(derived, expected) && hash !== null
    },
    isOutdated: (hash) => parse(hash).cost !== costLog2,
  }
}

interface Parsed {
  readonly cost: number
  readonly salt: Buffer
  readonly expected: Buffer
}

function unknown(cost: number): Parsed {
  return { cost, salt: randomBytes(saltBytes), expected: randomBytes(hashBytes) }
}

function parse(hash: string): Parsed {
  const [kind, cost, salt, expected] = hash.split('$')
  if (kind !== 'scrypt' || !salt || !expected) throw new Error('A password hash of an unknown kind')
  return { cost: Number(cost), salt: Buffer.from(salt, 'base64url'), expected: Buffer.from(expected, 'base64url') }
}

function derive(password: string, costLog2: number, salt: Buffer): Promise<Buffer> {
  const N = 2 ** costLog2
  const options = { N, r: blockSize, p: parallelism, maxmem: 256 * N * blockSize }
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hashBytes, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

/** Runs work in the order it comes, a few at once. */
function createTurns(atOnceMax: number, waitingMax: number) {
  const waiting: (() => void)[] = []
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < atOnceMax) running += 1
    else if (waiting.length >= waitingMax) throw new ApiError('overloaded', { retryAfterSeconds: 5 })
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
