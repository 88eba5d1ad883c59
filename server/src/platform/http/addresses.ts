import type { LookupAddress, LookupOptions } from 'node:dns'
import { lookup, Resolver } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'

/** Which addresses this server may speak to on a user's word. */

export type Lookup = (host: string, options: LookupOptions & { all: true }) => Promise<LookupAddress[]>
export const systemLookup: Lookup = (host, options) => lookup(host, options)

/** For one question to one name server. */
const NAME_TIMEOUT_MS = 2000
const NAME_TRIES = 2

/**
 * Asks the name servers without a thread: the system's own lookup holds one of the few there are until it has its answer,
 * and names whose server is dead would hold them all, and with them everything else that needs one.
 */
export function resolving(servers?: readonly string[]): Lookup {
  const resolver = new Resolver({ timeout: NAME_TIMEOUT_MS, tries: NAME_TRIES })
  if (servers) resolver.setServers(servers)
  return async (host) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    if (four.status === 'rejected' && six.status === 'rejected') throw four.reason
    const foundBy = (found: typeof four, family: number) =>
      found.status === 'fulfilled' ? found.value.map((address) => ({ address, family })) : []
    return [...foundBy(four, 4), ...foundBy(six, 6)]
  }
}

/** Where an address leads: to the world, to this machine, or to what only this network should reach. */
export type Reach = 'public' | 'loopback' | 'private'

/** All that is handed out to the world in IPv6; whatever lies outside is private, reserved, or IPv4 in disguise. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3')

/** `range` knows private, link-local, carrier-grade, multicast, reserved and translated addresses, each by its RFC. */
export function reachOf(address: string): Reach {
  const parsed = ipaddr.process(address)
  const range = parsed.range()
  if (range === 'loopback') return 'loopback'
  if (range !== 'unicast') return 'private'
  return parsed.kind() === 'ipv4' || parsed.match(GLOBAL_IPV6) ? 'public' : 'private'
}

/** The address a host is, when it is one and no name; `URL` has brought every notation into one. */
export function literalOf({ hostname }: URL): string | undefined {
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(host) ? host : undefined
}

const LOCAL_NAME = /(^|\.)localhost\.?$/

/** What is wrong with an address before anyone is asked where its name leads; undefined when nothing is. */
export function faultOfUrl(text: string, { allowsPrivate }: { allowsPrivate: boolean }): string | undefined {
  if (!URL.canParse(text)) return 'is not an address'
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return 'has a user or a password in it'
  const literal = literalOf(url)
  const isNear = literal === undefined ? LOCAL_NAME.test(url.hostname) : reachOf(literal) === 'loopback'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowsPrivate && isNear))
    return allowsPrivate ? 'must begin with https://, or lead to this machine' : 'must begin with https://'
  const isHidden = isNear || (literal !== undefined && reachOf(literal) !== 'public')
  return isHidden && !allowsPrivate ? 'leads to an address that is not public' : undefined
}
