// An identity provider small enough to misbehave on request: it signs what it is told and publishes what it is told.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose'

export interface IssuerKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
}

export async function makeIssuerKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export interface SignOptions {
  readonly key?: IssuerKey
  readonly header?: Readonly<Record<string, unknown>>
}

export interface TestIssuer {
  readonly issuer: string
  readonly jwksUri: string
  readonly audience: string
  readonly key: IssuerKey
  /** How often the keys were asked for. */
  readonly asked: number
  /** What is published now. */
  keys: JWK[]
  /** Answers in place of the key set; null: the key set. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | null
  /** Defaults: this issuer, its audience, five minutes. A claim that is undefined is left out. */
  sign(claims: JWTPayload, options?: SignOptions): Promise<string>
  close(): Promise<void>
}

export async function startTestIssuer({ now = () => Date.now() }: { now?: () => number } = {}): Promise<TestIssuer> {
  const key = await makeIssuerKey('key-1')
  const server = createServer((request, response) => {
    issuer.asked += 1
    if (issuer.answer) return issuer.answer(request, response)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: issuer.keys }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const issuer: { -readonly [K in keyof TestIssuer]: TestIssuer[K] } = {
    issuer: address,
    jwksUri: `${address}/jwks`,
    audience: 'our-app',
    key,
    asked: 0,
    keys: [key.publicJwk],
    answer: null,
    sign(claims, options = {}) {
      const signer = options.key ?? key
      const iat = Math.floor(now() / 1000)
      const all = { iss: address, aud: 'our-app', iat, exp: iat + 300, ...claims }
      return new SignJWT(all)
        .setProtectedHeader({ alg: signer.alg, kid: signer.kid, ...options.header })
        .sign(signer.privateKey)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return issuer
}
