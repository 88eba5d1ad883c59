import { type Static, type TSchema, Type } from 'typebox'
import { Check } from 'typebox/value'
import { wordsOf } from '#platform/words'
import { ProviderError } from '../provider.ts'

const MAX_RESPONSE_BYTES = 1024 * 1024
/** Of a provider's own words, in characters: enough to say what was wrong. */
const MAX_QUOTE = 200

/** What is done before there is a connection to send anything on. */
const CONNECTING = new Set(['connect', 'getaddrinfo'])

export interface ProviderRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
  /** The one status that means yes; 200 unless told. */
  readonly expects?: number
  /** The name of a submission: whoever knows it can read the payment, so it is kept out of every message. */
  readonly secret?: string
}

export interface ProviderReply {
  readonly status: number
  /** Undefined when it was not JSON. */
  readonly body: unknown
}

export interface JsonClientOptions {
  /** Who is spoken to, in messages. */
  readonly who: string
  readonly url: string
  /** Headers of every request. */
  readonly credentials: Readonly<Record<string, string>>
  /** What in them no message may show. */
  readonly secrets: readonly string[]
  /** What it refuses and why, when the reply is surely its own refusal of a request it did nothing for. */
  readonly refusalOf: (reply: ProviderReply) => string | undefined
}

/** How adapters speak to a provider over HTTP: an answer in the expected shape, or a ProviderError. */
export interface JsonClient {
  /** The `result` of a well-formed reply with the expected status; everything else is a ProviderError. */
  call<T extends TSchema>(request: ProviderRequest, result: T, signal: AbortSignal): Promise<Static<T>>
  exchange(request: ProviderRequest, signal: AbortSignal): Promise<ProviderReply>
  resultOf<T extends TSchema>(reply: ProviderReply, result: T, request: ProviderRequest): Static<T>
  /** The provider's words, short, without our secrets. */
  quote(words: string, request: ProviderRequest): string
}

export function jsonClient({ who, url, credentials, secrets, refusalOf }: JsonClientOptions): JsonClient {
  const base = url.replace(/\/+$/, '')

  function quote(words: string, { secret }: ProviderRequest): string {
    const known = [...secrets, secret ?? ''].filter((text) => text !== '')
    const shown = known.reduce((text, word) => text.replaceAll(word, '[redacted]'), words)
    return wordsOf(shown, MAX_QUOTE)
  }

  function problemOf(reply: ProviderReply, request: ProviderRequest): ProviderError {
    const refusal = refusalOf(reply)
    if (refusal !== undefined) return new ProviderError('refused', quote(`${who} refused ${refusal}`, request))
    const json = reply.body === undefined ? 'no' : 'unexpected'
    return new ProviderError('unknown', `${who} answered ${reply.status} with ${json} JSON`)
  }

  function resultOf<T extends TSchema>(reply: ProviderReply, result: T, request: ProviderRequest): Static<T> {
    const { status, body } = reply
    const isObject = typeof body === 'object' && body !== null && 'result' in body
    if (status !== (request.expects ?? 200) || !isObject || !Check(result, body.result)) throw problemOf(reply, request)
    return body.result
  }

  async function exchange(request: ProviderRequest, signal: AbortSignal): Promise<ProviderReply> {
    const { method, path, body } = request
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          ...request.headers,
          ...credentials,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal,
      })
      return { status: response.status, body: parsed(await boundedText(response)) }
    } catch (error) {
      const kind = kindOf(error)
      const isUnreached = error instanceof Error && isNeverConnected(error.cause)
      // Not as the cause: fetch's errors may quote a header, and with it a credential.
      throw new ProviderError(isUnreached ? 'refused' : 'unknown', `${who} did not answer: ${kind}`, { isUnreached })
    }
  }

  return {
    quote,
    exchange,
    resultOf,
    call: async (request, result, signal) => resultOf(await exchange(request, signal), result, request),
  }
}

/** An account, in whatever case the provider writes it. */
export const ProviderAddress = Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' })
export const ProviderHash = Type.String({ pattern: '^0x[0-9a-fA-F]{64}$' })
/** The name a queue gives a submission: one that cannot be read as anything but a name. */
export const SubmissionName = Type.String({ pattern: '^[0-9a-zA-Z_-]{1,200}$' })

/** The caller's patience, and our own. */
export const within = (signal: AbortSignal, timeoutMs: number): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    // Leaving the loop cancels the rest.
    if (size > MAX_RESPONSE_BYTES) throw new RangeError('the response is over 1 MiB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** By what failed, not by how: a host may become unreachable after it was sent everything. Of several tries, all of them. */
export function isNeverConnected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isNeverConnected)
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as NodeJS.ErrnoException
  return code === 'UND_ERR_CONNECT_TIMEOUT' || CONNECTING.has(syscall ?? '')
}

/** `ECONNREFUSED`, `TimeoutError` and the like: a fixed name that cannot carry anything of the request. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'aborted'
  const { cause } = error
  const isCoded = cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
  return isCoded ? String(cause.code) : error.name
}
