// Which addresses an outgoing request may reach: public ones, and those the operator names.
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** One entry of the operator's list: a host by its exact name, or a range of addresses. */
export type AllowEntry = { readonly host: string } | { readonly range: [Address, number] }

/** IPv6 that is routed on the internet; everything else is translation, compatibility or local (RFC 4291 section 2.4). */
const globalIpv6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3]

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/

/** A host name, an address or a CIDR range; null for a text that is none. Addresses have their usual spelling only. */
export function parseAllowEntry(text: string): AllowEntry | null {
  const [address, bits, rest] = text.replace(/^\[(.*)\](\/\d+)?$/, '$1$2').split('/') as [string, string?, string?]
  if (isIP(address) !== 0 && !address.includes('%')) {
    const parsed = ipaddr.parse(address)
    const widest = parsed.kind() === 'ipv4' ? 32 : 128
    if (bits === undefined) return { range: plain(parsed, widest) }
    const prefix = /^(0|[1-9]\d{0,2})$/.test(bits) ? Number(bits) : Infinity
    return rest === undefined && prefix <= widest ? { range: plain(parsed, prefix) } : null
  }
  const host = hostName(text)
  const labels = host.split('.')
  const named =
    host.length <= 253 && labels.every((part) => label.test(part)) && !/^\d|^0x/.test(labels.at(-1) as string)
  return named ? { host } : null
}

/** An IPv4-mapped range means the IPv4 range, as it does where addresses are compared. */
function plain(address: Address, prefix: number): [Address, number] {
  const mapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && prefix >= 96
  return mapped ? [(address as ipaddr.IPv6).toIPv4Address(), prefix - 96] : [address, prefix]
}

/** Lower case, without the dot that may end a full name. */
export function hostName(text: string): string {
  return text.toLowerCase().replace(/\.$/, '')
}

/** Whether the operator names the host, or its range when it is an address (in or out of brackets). */
export function isNamed(allow: readonly AllowEntry[], host: string): boolean {
  const name = hostName(host)
  if (allow.some((entry) => 'host' in entry && entry.host === name)) return true
  const address = literal(name)
  return address !== null && isInRanges(allow, address)
}

/** Whether a connection to this address is permitted: it is public, or the operator names its range. */
export function mayReach(allow: readonly AllowEntry[], text: string): boolean {
  const address = literal(text)
  return address !== null && (isPublic(address) || isInRanges(allow, address))
}

/** The address that a host is when it is no name; IPv4 in IPv6's clothes is IPv4. */
function literal(host: string): Address | null {
  const text = host.replace(/^\[(.*)\]$/, '$1')
  return isIP(text) === 0 ? null : ipaddr.process(text)
}

function isInRanges(allow: readonly AllowEntry[], address: Address): boolean {
  return allow.some(
    (entry) => 'range' in entry && entry.range[0].kind() === address.kind() && address.match(entry.range as never),
  )
}

/** `unicast` is what remains after every special range, those for documentation included. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false
  return address instanceof ipaddr.IPv4 || address.match(globalIpv6)
}
