import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { faultOfUrl, type Lookup, literalOf, reachOf, resolving, systemLookup } from './addresses.ts'

/** Of an answer nobody reads; what is longer is cut off. */
const MAX_ANSWER_BYTES = 16 * 1024

export interface OutgoingSettings {
  /** True: addresses of this machine and this network are spoken to as well. */
  readonly allowsPrivate: boolean
  /** Where names lead; what name servers say unless told, and where private addresses are allowed what the system says. */
  readonly lookup?: Lookup
}

export interface OutgoingRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** The address is one this server does not speak to on a user's word. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

/**
 * Requests to addresses that users name. Where a name leads is looked up and checked for every request, and the connection
 * goes to the very address that was checked: a name that leads elsewhere a moment later changes nothing. Redirects are
 * answers like any other. No connection is kept for the next request.
 */
export function outgoing({ allowsPrivate, lookup = allowsPrivate ? systemLookup : resolving() }: OutgoingSettings) {
  /** The addresses a host may be reached at. One that is not public spoils them all: whoever names it has a reason. */
  async function addressesOf(url: URL): Promise<{ address: string; family: number }[]> {
    const fault = faultOfUrl(url.href, { allowsPrivate })
    if (fault !== undefined) throw new AddressRefused(`the address ${fault}`)
    const literal = literalOf(url)
    const family = literal?.includes(':') ? 6 : 4
    const found = literal === undefined ? await lookup(url.hostname, { all: true }) : [{ address: literal, family }]
    const allowed = found.filter(({ address }) => mayReach(url, address))
    if (allowed.length < found.length || found.length === 0)
      throw new AddressRefused('the name leads to an address that is not public')
    return found
  }

  /** Without encryption only this machine is spoken to. */
  function mayReach({ protocol }: URL, address: string): boolean {
    const reach = reachOf(address)
    if (protocol === 'http:') return reach === 'loopback'
    return reach === 'public' || allowsPrivate
  }

  return {
    /** Posts a body; the status of the answer. Throws when there is none in time. */
    async post({ url: text, headers, body, timeoutMs, signal }: OutgoingRequest): Promise<number> {
      const url = new URL(text)
      const inTime = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const addresses = await abortable(addressesOf(url), inTime)
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest
      const length = { 'content-length': String(Buffer.byteLength(body)) }
      const sent = send(url, {
        ...{ method: 'POST', headers: { ...headers, ...length }, signal: inTime, agent: false },
        lookup: fixed(addresses),
      })
      sent.end(body)
      return answerOf(sent, inTime)
    },
  }
}

/** Leads every name to what was found and checked before. */
const fixed =
  (addresses: readonly { address: string; family: number }[]): LookupFunction =>
  (_host, { all }, done) => {
    const [first] = addresses
    if (all) done(null, [...addresses])
    else if (first) done(null, first.address, first.family)
  }

function answerOf(sent: ClientRequest, inTime: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    let status: number | undefined
    // The status is the answer, whatever becomes of the rest.
    const settle = (why: unknown) => (status === undefined ? reject(why) : resolve(status))
    inTime.addEventListener('abort', () => settle(inTime.reason), { once: true })
    sent.once('error', (error) => settle(inTime.aborted ? inTime.reason : error))
    sent.once('response', (answer: IncomingMessage) => {
      status = answer.statusCode ?? 0
      let length = 0
      answer.on('data', (bytes: Buffer) => {
        length += bytes.length
        if (length > MAX_ANSWER_BYTES) answer.destroy()
      })
      answer.once('close', settle)
      answer.once('error', settle)
    })
    // Another protocol is spoken with nobody.
    sent.once('upgrade', ({ statusCode }: IncomingMessage, socket) => {
      socket.destroy()
      resolve(statusCode ?? 0)
    })
    // Some answers are none to Node: it closes the connection and says nothing else.
    sent.once('close', () => status === undefined && reject(new Error('closed without an answer')))
  })
}

/** A name server that does not answer is not waited for any longer than anyone else. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
