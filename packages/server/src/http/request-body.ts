// What a body may come as, and what is read from its bytes.
import type { IncomingHttpHeaders } from 'node:http'
import { bodyTypesOf, type Operation } from '@narthex/contract'
import { ApiError } from '../lib/api-error.ts'
import { parseJson } from './parse-json.ts'

/** Asked before the body is read. Types that no operation takes are refused by the framework. */
export function requireReadable(operation: Operation, headers: IncomingHttpHeaders): void {
  const coding = headers['content-encoding']?.trim().toLowerCase()
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  const isPatch = type === 'application/merge-patch+json'
  if (isPatch && !bodyTypesOf(operation).includes(type)) throw new ApiError('unsupported_media_type')
  if (coding !== undefined && coding !== 'identity') throw new ApiError('unsupported_media_type')
}

/** No body at all means an empty one; members with a default are filled in. */
export function bodyOf(bytes: Buffer | undefined, operation: Operation): unknown {
  const body = bytes === undefined || bytes.length === 0 ? {} : parseJson(bytes)
  const properties = (operation.body as { properties?: Record<string, { default?: unknown }> } | undefined)?.properties
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body
  for (const [key, { default: value }] of Object.entries(properties ?? {})) {
    if (value !== undefined && !Object.hasOwn(body, key)) (body as Record<string, unknown>)[key] = value
  }
  return body
}
