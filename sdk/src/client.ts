import type { paths } from '../generated/api.ts'
import { keyed } from '../generated/keyed.ts'
import { errorOf, WediError } from './error.ts'
import type { Arguments, CallOptions, Input, Item, ListPath, Method, PathWith, Reply } from './operations.ts'
import { backoffMs, pause, within } from './time.ts'

const TIMEOUT_MS = 30_000
const RETRY_FOR_MS = 30_000
const IN_PROGRESS = 'idempotency.in_progress'

export interface WediOptions {
  /** Where the server is, for example `http://127.0.0.1:4080`. */
  readonly url: string
  /** `wedi_sk_…` or `wedi_ak_…`. */
  readonly key: string
  readonly timeoutMs?: number
  readonly retryForMs?: number
  /** Instead of the global one. */
  readonly fetch?: typeof globalThis.fetch
}

/**
 * Speaks with one server with one key. A call whose repetition is harmless (a GET, or one the server tells by its
 * Idempotency-Key) is sent again when no answer comes or the server is not able to give one; what was refused for its
 * rate, always.
 */
export class Wedi {
  readonly #url: string
  readonly #options: Required<Omit<WediOptions, 'url'>>

  constructor({ url, ...options }: WediOptions) {
    this.#url = url.replace(/\/+$/, '')
    const given = (...all: Parameters<typeof globalThis.fetch>) => globalThis.fetch(...all)
    this.#options = { timeoutMs: TIMEOUT_MS, retryForMs: RETRY_FOR_MS, fetch: given, ...options }
  }

  get = <P extends PathWith<'get'>>(path: P, ...[input, options]: Arguments<'get', P>): Promise<Reply<'get', P>> =>
    this.#call('get', path, input, options)
  post = <P extends PathWith<'post'>>(path: P, ...[input, options]: Arguments<'post', P>): Promise<Reply<'post', P>> =>
    this.#call('post', path, input, options)
  put = <P extends PathWith<'put'>>(path: P, ...[input, options]: Arguments<'put', P>): Promise<Reply<'put', P>> =>
    this.#call('put', path, input, options)
  patch = <P extends PathWith<'patch'>>(
    path: P,
    ...[input, options]: Arguments<'patch', P>
  ): Promise<Reply<'patch', P>> => this.#call('patch', path, input, options)
  delete = <P extends PathWith<'delete'>>(
    path: P,
    ...[input, options]: Arguments<'delete', P>
  ): Promise<Reply<'delete', P>> => this.#call('delete', path, input, options)

  /** All of a list, page after page as you read on. */
  async *list<P extends ListPath>(path: P, ...[input, options]: Arguments<'get', P>): AsyncGenerator<Item<P>, void> {
    let cursor: string | null = null
    do {
      const asked: object = { ...input, ...(cursor !== null && { cursor }) }
      const page: Page<Item<P>> = await this.#call('get', path, asked as Input<'get', P>, options)
      yield* page.data
      cursor = page.nextCursor
    } while (cursor !== null)
  }

  async #call<T>(method: Method, path: keyof paths, input: object = {}, options: CallOptions = {}): Promise<T> {
    const name = `${method.toUpperCase()} ${path}`
    const { url, rest } = fill(`${this.#url}${path}`, input)
    const hasBody = method !== 'get' && method !== 'delete' && Object.keys(rest).length > 0
    const idempotencyKey = keyed.has(name) ? (options.idempotencyKey ?? crypto.randomUUID()) : undefined
    const { ifMatch, signal, timeoutMs = this.#options.timeoutMs } = options
    const request: RequestInit = {
      method: method.toUpperCase(),
      headers: {
        authorization: `Bearer ${this.#options.key}`,
        ...(hasBody && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
      },
      ...(hasBody && { body: JSON.stringify(rest) }),
    }
    const address = hasBody ? url : `${url}${queryOf(rest)}`
    const isRepeatable = method === 'get' || idempotencyKey !== undefined || (options.isRepeatable ?? false)
    return this.#repeat({ ...options, isRepeatable }, () => this.#try<T>(address, request, { signal, timeoutMs }))
  }

  async #repeat<T>({ signal, isRepeatable, ...options }: CallOptions, act: () => Promise<T>): Promise<T> {
    const { retryForMs = this.#options.retryForMs } = options
    const begun = performance.now()
    for (let attempt = 0; ; attempt++) {
      try {
        return await act()
      } catch (error) {
        if (!(error instanceof WediError) || !mayRepeat(error, isRepeatable ?? false)) throw error
        const ms = Math.max(backoffMs(attempt), error.retryAfterMs ?? 0)
        if (performance.now() - begun + ms > retryForMs) throw error
        await pause(ms, signal)
      }
    }
  }

  /** One request and its whole answer. */
  #try<T>(
    url: string,
    request: RequestInit,
    { signal, timeoutMs }: { signal?: AbortSignal | undefined; timeoutMs: number },
  ) {
    const late = () => networkError('network.timeout', `No answer within ${timeoutMs} ms.`)
    return within({ ms: timeoutMs, signal, late }, async (stop) => {
      try {
        const response = await this.#options.fetch(url, { ...request, signal: stop })
        if (!response.ok) throw await errorOf(response)
        return (await read(response)) as T
      } catch (error) {
        if (error instanceof WediError || stop.aborted) throw error
        throw networkError('network.unreachable', 'The server was not reached, or its answer was lost.', error)
      }
    })
  }
}

interface Page<T> {
  readonly data: T[]
  readonly nextCursor: string | null
}

const networkError = (code: string, detail: string, cause?: unknown) =>
  new WediError({ status: 0, code, detail, cause })

/** No answer, or one that says that the server cannot give one now. */
export const isPassing = ({ status, code }: WediError): boolean =>
  [0, 429, 502, 503, 504].includes(status) || code === IN_PROGRESS

/** A rate's refusal comes before anything is done. */
const mayRepeat = (error: WediError, isRepeatable: boolean) =>
  error.status === 429 || (isRepeatable && isPassing(error))

/** Puts what the path names into the path; `rest` is of the query or the body. */
function fill(template: string, input: object): { url: string; rest: Record<string, unknown> } {
  const rest = { ...input } as Record<string, unknown>
  const url = template.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = String(rest[name] ?? '')
    delete rest[name]
    const parts = name === '*' ? value.split('/') : [value]
    // A URL swallows these, and the call would go elsewhere.
    if (parts.some((part) => ['', '.', '..'].includes(part))) throw new TypeError(`${name} cannot be "${value}"`)
    return parts.map(encodeURIComponent).join('/')
  })
  return { url, rest }
}

function queryOf(input: Record<string, unknown>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(input)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined) query.append(name, String(each))
    }
  }
  const text = query.toString()
  return text && `?${text}`
}

async function read(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? ''
  if (/\bjson\b/.test(type)) return response.json()
  return type.startsWith('text/plain') ? response.text() : response
}
