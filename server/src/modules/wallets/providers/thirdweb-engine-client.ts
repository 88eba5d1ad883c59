import { type Static, type TSchema, Type } from 'typebox'
import { Check } from 'typebox/value'
import { ProviderError } from '../provider.ts'

const MAX_RESPONSE_BYTES = 1024 * 1024
/** Of Engine's own words, in characters: enough to say what was wrong. */
const MAX_QUOTE = 200

/** Ends of a call that came before there was a connection to send it on. */
const NEVER_CONNECTED = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN'],
  'UND_ERR_CONNECT_TIMEOUT',
])

export interface EngineRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
  /** A queueId: whoever knows it can read the payment, so it is kept out of every message. */
  readonly secret?: string
}

export interface EngineReply {
  readonly status: number
  /** Undefined when it was not JSON. */
  readonly body: unknown
}

export interface EngineClient {
  /** The result of a well-formed 200; everything else is a ProviderError. */
  call<T extends TSchema>(request: EngineRequest, result: T, signal: AbortSignal): Promise<Static<T>>
  exchange(request: EngineRequest, signal: AbortSignal): Promise<EngineReply>
  resultOf<T extends TSchema>(reply: EngineReply, result: T, request: EngineRequest): Static<T>
  /** Engine's words, short, without our secrets. */
  quote(words: string, request: EngineRequest): string
}

const Refusal = Type.Object({
  error: Type.Object({ message: Type.String(), code: Type.String(), statusCode: Type.Integer() }),
})
const Unauthorized = Type.Object({ error: Type.String(), message: Type.String() })

export function engineClient({ url, token }: { url: string; token: string }): EngineClient {
  const base = url.replace(/\/+$/, '')

  function quote(words: string, { secret }: EngineRequest): string {
    const known = [token, secret ?? ''].filter((text) => text !== '')
    return known.reduce((text, word) => text.replaceAll(word, '[redacted]'), words).slice(0, MAX_QUOTE)
  }

  /** A 4xx counts as a refusal only in Engine's own words: a proxy's may stand before an Engine that did act. */
  function problemOf({ status, body }: EngineReply, request: EngineRequest): ProviderError {
    const isClientError = status >= 400 && status < 500
    if (isClientError && Check(Refusal, body)) {
      const { code, message } = body.error
      return new ProviderError('refused', quote(`Engine refused (${status} ${code}): ${message}`, request))
    }
    if (status === 401 && Check(Unauthorized, body)) {
      return new ProviderError('refused', quote(`Engine refused our token: ${body.message}`, request))
    }
    return new ProviderError(
      'unknown',
      `Engine answered ${status} with ${body === undefined ? 'no' : 'unexpected'} JSON`,
    )
  }

  function resultOf<T extends TSchema>(reply: EngineReply, result: T, request: EngineRequest): Static<T> {
    const { status, body } = reply
    const isObject = typeof body === 'object' && body !== null && 'result' in body
    if (status !== 200 || !isObject || !Check(result, body.result)) throw problemOf(reply, request)
    return body.result
  }

  async function exchange(request: EngineRequest, signal: AbortSignal): Promise<EngineReply> {
    const { method, path, body } = request
    try {
      const response = await fetch(`${base}${path}`, {
        method,
        headers: {
          ...request.headers,
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal,
      })
      return { status: response.status, body: parsed(await boundedText(response)) }
    } catch (error) {
      const kind = kindOf(error)
      const isUnreached = NEVER_CONNECTED.has(kind)
      // Not as the cause: fetch's errors may quote a header, and with it the token.
      throw new ProviderError(isUnreached ? 'refused' : 'unknown', `Engine did not answer: ${kind}`, { isUnreached })
    }
  }

  return {
    quote,
    exchange,
    resultOf,
    call: async (request, result, signal) => resultOf(await exchange(request, signal), result, request),
  }
}

/** The code of an error in Engine's own shape. */
export function codeOf({ status, body }: EngineReply): string | undefined {
  return status >= 400 && Check(Refusal, body) ? body.error.code : undefined
}

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

/** `ECONNREFUSED`, `TimeoutError` and the like: a fixed name that cannot carry anything of the request. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'aborted'
  const { cause } = error
  const isCoded = cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
  return isCoded ? String(cause.code) : error.name
}
