export interface FieldError {
  /** Where in the input, as a JSON pointer. */
  readonly path: string
  readonly message: string
}

interface Details {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly requestId?: string | undefined
  readonly errors?: readonly FieldError[] | undefined
  readonly retryAfterMs?: number | undefined
  /** The whole answer: beside the standard members whatever its code brings, for example `reasons` of a denial. */
  readonly problem?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/**
 * What a call fails with, unless its own signal ended it. `code` is stable (docs/errors.md). Without an answer `status` is
 * 0 and `code` is `network.unreachable` or `network.timeout`: whether the call had its effect is then not known.
 */
export class WediError extends Error {
  override readonly name = 'WediError'
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly requestId: string | undefined
  readonly errors: readonly FieldError[]
  readonly retryAfterMs: number | undefined
  readonly problem: Readonly<Record<string, unknown>>

  constructor(details: Details) {
    const { status, code, detail, requestId, errors = [], retryAfterMs, problem = {}, cause } = details
    const where = errors.map(({ path, message }) => `\n  ${path} ${message}`).join('')
    super(`${code}: ${detail}${where}`, cause === undefined ? {} : { cause })
    this.status = status
    this.code = code
    this.detail = detail
    this.requestId = requestId
    this.errors = errors
    this.retryAfterMs = retryAfterMs
    this.problem = problem
  }
}

/** Of a refusal. What stands in between (a proxy, say) may answer with anything: then only the status speaks. */
export async function errorOf(response: Response): Promise<WediError> {
  const { status, headers } = response
  const problem = asObject(await response.text())
  const isOurs = typeof problem.code === 'string'
  const { code, detail, requestId, errors } = (isOurs ? problem : { code: `http.${status}` }) as unknown as Details
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return new WediError({
    ...{ status, code, detail: detail ?? `The server answered ${status}.`, errors, problem },
    requestId: requestId ?? headers.get('x-request-id') ?? undefined,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
  })
}

function asObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {} // not JSON: nothing in it is ours
  }
}
