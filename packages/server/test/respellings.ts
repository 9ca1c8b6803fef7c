// Other ways to write a genuine token. A lenient decoder takes many of them for the same token.

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** The order of P-256. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

type Segments = readonly [string, string, string]
type Respelling = readonly [name: string, token: string]

export function respellings(token: string): Respelling[] {
  const segments = token.split('.') as unknown as Segments
  const all = [...ofSegments(segments), ...ofWhole(token, segments), ...ofSignature(segments), ...ofHeader(segments)]
  return all.filter(([, text]) => text !== token)
}

function withSegment(segments: Segments, at: number, text: string): string {
  return segments.map((segment, i) => (i === at ? text : segment)).join('.')
}

/** Padding, other alphabets, white space and stray bits, in each segment. */
function ofSegments(segments: Segments): Respelling[] {
  return segments.flatMap((segment, at): Respelling[] => {
    const put = (name: string, text: string): Respelling => [
      `segment ${at + 1}: ${name}`,
      withSegment(segments, at, text),
    ]
    const last = alphabet.indexOf(segment.at(-1) as string)
    const middle = Math.floor(segment.length / 2)
    return [
      put('one =', `${segment}=`),
      put('two =', `${segment}==`),
      put('four =', `${segment}====`),
      put('= in the middle', `${segment.slice(0, middle)}=${segment.slice(middle)}`),
      put('the other alphabet', segment.replaceAll('-', '+').replaceAll('_', '/')),
      put(
        'one character of the other alphabet',
        segment.replace(/[-_]/, (c) => (c === '-' ? '+' : '/')),
      ),
      ...[1, 2, 3].map((bits) => put(`trailing bits ${bits}`, segment.slice(0, -1) + alphabet[last ^ bits])),
      ...[' ', '\t', '\n', '\r', '\r\n', '\0', '%', '!', '\u00a0', 'é'].flatMap((c) => [
        put(`${JSON.stringify(c)} at the end`, segment + c),
        put(`${JSON.stringify(c)} in the middle`, segment.slice(0, middle) + c + segment.slice(middle)),
      ]),
      put('one more character', `${segment}A`),
      put('one character less', segment.slice(0, -1)),
      put('empty', ''),
      put('in upper case', segment.toUpperCase()),
      put(
        'percent-encoded',
        segment.replace(/./, (c) => `%${c.charCodeAt(0).toString(16)}`),
      ),
    ]
  })
}

function ofWhole(token: string, [header, payload, signature]: Segments): Respelling[] {
  return [
    ['a dot in front', `.${token}`],
    ['a dot behind', `${token}.`],
    ['two dots', `${header}..${payload}.${signature}`],
    ['a fourth segment', `${token}.AA`],
    ['five segments', `${token}.AA.AA`],
    ['without a signature', `${header}.${payload}`],
    ['with an empty signature', `${header}.${payload}.`],
    ['quoted', `"${token}"`],
    ['in brackets', `<${token}>`],
    ['with a comma', `${token},`],
    ['twice', `${token} ${token}`],
    ['with a scheme', `Bearer ${token}`],
    ['as JSON serialisation', JSON.stringify({ protected: header, payload, signature })],
    ['with full-width dots', token.replaceAll('.', '．')],
    ['with a byte order mark', `\ufeff${token}`],
    ['with a zero-width space', `${header}\u200b.${payload}.${signature}`],
  ]
}

function ofSignature(segments: Segments): Respelling[] {
  const signature = Buffer.from(segments[2], 'base64url')
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)]
  const put = (name: string, bytes: Buffer): Respelling => [name, withSegment(segments, 2, bytes.toString('base64url'))]
  const highS = Buffer.from((order - BigInt(`0x${s.toString('hex')}`)).toString(16).padStart(64, '0'), 'hex')
  const integer = (bytes: Buffer) => {
    const digits = bytes[0] && bytes[0] >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes
    return Buffer.concat([Buffer.from([2, digits.length]), digits])
  }
  const both = Buffer.concat([integer(r), integer(s)])
  return [
    put('the other s', Buffer.concat([r, highS])),
    put('a DER signature', Buffer.concat([Buffer.from([0x30, both.length]), both])),
    put('a signature with a leading zero', Buffer.concat([Buffer.alloc(1), signature])),
    put('a signature with a trailing zero', Buffer.concat([signature, Buffer.alloc(1)])),
    put('wide integers', Buffer.concat([Buffer.alloc(16), r, Buffer.alloc(16), s])),
    put('s and r exchanged', Buffer.concat([s, r])),
    put('a signature of zeros', Buffer.alloc(64)),
    put('half a signature', r),
  ]
}

/** The signature covers the header's bytes, so every other writing of it must fail. */
function ofHeader(segments: Segments): Respelling[] {
  const text = Buffer.from(segments[0], 'base64url').toString()
  const header = JSON.parse(text) as Record<string, string>
  const put = (name: string, json: string): Respelling => [
    name,
    withSegment(segments, 0, Buffer.from(json).toString('base64url')),
  ]
  return [
    put('members in another order', JSON.stringify(Object.fromEntries(Object.entries(header).toReversed()))),
    put('white space in the header', JSON.stringify(header, null, 1)),
    put('a member twice', text.replace('{', `{"alg":"${header['alg']}",`)),
    put('one more member', JSON.stringify({ ...header, x: 1 })),
    put('unicode escapes', text.replace('alg', '\\u0061lg')),
    put('typ in capitals', JSON.stringify({ ...header, typ: 'AT+JWT' })),
    put('a header in an array', `[${text}]`),
    put('null for a header', 'null'),
  ]
}
