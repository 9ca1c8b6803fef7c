// Compact JWS (RFC 7515 section 7.1) before anything of it is believed: one token has one spelling.

export interface CompactJws {
  readonly header: Record<string, unknown>
  readonly payload: Buffer
  readonly signature: Buffer
  /** What was signed. */
  readonly signingInput: string
}

/**
 * The parts of a token; null unless it is three segments, each in the only base64url spelling of its bytes, with an object
 * for a header. Decoders take padding, other alphabets and stray bits for the same bytes; a token told by its text would
 * then have many.
 */
export function readCompactJws(token: string): CompactJws | null {
  const segments = token.split('.', 4)
  const parts = segments.map((segment) => Buffer.from(segment, 'base64url'))
  const [head, payload, signature] = parts
  if (segments.length !== 3 || !head || !payload || !signature) return null
  if (parts.some((part, i) => part.length === 0 || part.toString('base64url') !== segments[i])) return null
  const header = parseObject(head)
  return header && { header, payload, signature, signingInput: `${segments[0]}.${segments[1]}` }
}

/** The JSON object in these bytes, or null. */
export function parseObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
