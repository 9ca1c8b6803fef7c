// better-auth as a service for other people's servers: API keys, users, tokens. The server and what fills its world share it.
import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { admin, jwt } from 'better-auth/plugins'
import { openSqlite, sqliteDialect } from './sqlite-dialect.js'

const never = 1_000_000_000

/** @param {string} file */
export function openBetterAuth(file) {
  const database = openSqlite(file)
  const auth = betterAuth({
    baseURL: 'http://127.0.0.1',
    secret: 'a secret for measuring that opens nothing anywhere',
    database: { dialect: sqliteDialect(database), type: 'sqlite' },
    // Not a password hash is measured but what surrounds it, so there is none.
    emailAndPassword: { enabled: true, password: { hash: async (text) => text, verify: async () => true } },
    // Running, as Narthex's own is, and never reached.
    rateLimit: { enabled: true, window: 1, max: never, storage: 'memory' },
    telemetry: { enabled: false },
    logger: { level: 'error' },
    plugins: [
      admin(),
      apiKey({ rateLimit: { enabled: true, timeWindow: 1000, maxRequests: never } }),
      jwt({ jwks: { keyPairConfig: { alg: 'ES256' } } }),
    ],
  })
  return { auth, database }
}
