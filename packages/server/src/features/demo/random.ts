// A small seeded random generator for made-up worlds; nothing here is fit for secrets.

export interface Random {
  // A number in [0, 1).
  next(): number
  // An unsigned 32-bit integer.
  bits(): number
  // An integer in [0, max).
  integer(max: number): number
  // True in the given share of all calls.
  chance(share: number): boolean
  pick<T>(items: readonly T[]): T
  // A UUID version 4 made from the stream.
  uuid(): string
}

// sfc32: 128 bits of state, a long period, and only 32-bit integer work, which keeps a million people cheap.
export function createRandom(seed: string): Random {
  let [a, b, c, d] = hash128(seed)
  const bits = (): number => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  // The first outputs still resemble the seed.
  for (let round = 0; round < 16; round++) bits()
  const next = (): number => bits() / 4294967296
  return {
    bits,
    next,
    integer: (max) => Math.floor(next() * max),
    chance: (share) => next() < share,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new RangeError('Cannot pick from an empty list.')
      return item
    },
    uuid: () => formatUuid(bits(), bits(), bits(), bits()),
  }
}

// Spreads entries over slots in proportion to their whole-number weights, so that a weighted choice is one `pick`.
export function weighted<T>(entries: readonly (readonly [item: T, weight: number])[]): T[] {
  return entries.flatMap(([item, weight]) => Array.from({ length: weight }, () => item))
}

// A bijection on 32-bit integers: different indexes give different values that look unrelated.
export function scramble(index: number, key: number): number {
  let value = (index ^ key) >>> 0
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

const hex = Array.from({ length: 65536 }, (_, value) => value.toString(16).padStart(4, '0'))

function formatUuid(a: number, b: number, c: number, d: number): string {
  // The version nibble is 4 and the two variant bits are 10 (RFC 9562).
  const version = (b & 0x0fff) | 0x4000
  const variant = ((c >>> 16) & 0x3fff) | 0x8000
  return `${hex[a >>> 16]}${hex[a & 0xffff]}-${hex[b >>> 16]}-${hex[version]}-${hex[variant]}-${
    hex[c & 0xffff]
  }${hex[d >>> 16]}${hex[d & 0xffff]}`
}

// The same UUID as the service would have made it at that moment: its first 48 bits are the time.
export function uuidAt(moment: number, uuid: string): string {
  const time = moment.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}${uuid.slice(13)}`
}

function hash128(text: string): [number, number, number, number] {
  const state: [number, number, number, number] = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    state[0] = state[1] ^ Math.imul(state[0] ^ unit, 597399067)
    state[1] = state[2] ^ Math.imul(state[1] ^ unit, 2869860233)
    state[2] = state[3] ^ Math.imul(state[2] ^ unit, 951274213)
    state[3] = state[0] ^ Math.imul(state[3] ^ unit, 2716044179)
  }
  return state
}
