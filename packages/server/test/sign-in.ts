// Members at the sign-in page.
import type { Role } from '@narthex/contract'
import { totpCode, totpStep } from '../src/lib/totp.ts'
import { createBrowserClient, type BrowserClient } from './browser-client.ts'
import type { TestMember, TestServer } from './test-server.ts'

/** A password that costs a test nothing. What it costs in service is measured where passwords are. */
export const cheapPasswords = { passwordCostLog2: 10 }

export const password = 'correct horse battery staple'

export interface SignedInMember {
  readonly id: string
  readonly email: string
  readonly token: string
  readonly browser: BrowserClient
}

/** A new member with a password, signed in. */
export async function signedInMember(
  server: TestServer,
  role: Role = 'viewer',
  options: TestMember = {},
): Promise<SignedInMember> {
  const { id, email, client } = await server.memberWith(role, options)
  const browser = createBrowserClient(server.address)
  await mustBe200(browser.post('/console/sign-in/token', { memberToken: client.key }))
  await mustBe200(browser.put('/console/password', { password }))
  return { id, email, token: client.key, browser }
}

/** Turns the second factor on; answers its key. */
export async function withSecondFactor(browser: BrowserClient, now: () => number): Promise<Buffer> {
  const { body } = await mustBe200(browser.post('/console/totp'))
  const key = fromBase32(body.secret)
  await mustBe200(browser.post('/console/totp/confirm', { code: codeAt(key, now()) }))
  return key
}

export function codeAt(key: Buffer, now: number): string {
  return totpCode(key, totpStep(now))
}

export function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

async function mustBe200<T extends { status: number; body: unknown }>(reply: Promise<T>): Promise<T> {
  const got = await reply
  if (got.status !== 200) throw new Error(`Answered ${got.status}: ${JSON.stringify(got.body)}`)
  return got
}
