import ipaddr from 'ipaddr.js'

/** How many leading bits of an address are looked at. */
interface Widths {
  readonly v4: number
  readonly v6: number
}

/** A caller's own: whoever has one IPv6 address has a network of 64 bits of them. */
export const CALLER: Widths = { v4: 32, v6: 64 }
/** Enough to tell a place from another, too little to tell a person. */
export const PLACE: Widths = { v4: 24, v6: 48 }

/** The network of an address in CIDR notation; `unknown` for what is no address. IPv4 in IPv6 clothes is IPv4. */
export function networkOf(address: string, widths: Widths): string {
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  const bits = parsed.kind() === 'ipv4' ? widths.v4 : widths.v6
  const bytes = parsed.toByteArray().map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - at * 8))))
  return `${ipaddr.fromByteArray(bytes.map((byte) => byte & 0xff)).toString()}/${bits}`
}
