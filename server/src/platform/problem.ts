/** The one error a module throws on purpose (RFC 9457). Anything else is a bug and becomes a bare 500. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: string
  readonly status: number
  /** Public members beyond the standard ones, for example `reasons` of a denied payment. */
  readonly members: Readonly<Record<string, unknown>>

  constructor(
    kind: ProblemKind,
    options: { detail?: string; members?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(options.detail ?? kind.detail, options.cause === undefined ? {} : { cause: options.cause })
    this.code = kind.code
    this.status = kind.status
    this.members = options.members ?? {}
  }
}

export interface ProblemKind {
  readonly code: string
  readonly status: number
  /** Words for the public; what only we may know goes to the log. */
  readonly detail: string
}

/** Every kind ever defined, in order: the source of docs/errors.md and of what the tests must have seen. */
export const problemCatalogue: ProblemKind[] = []

/** A module's catalogue of expected errors: `reason: [status, public words]`, coded `area.reason`. */
export function defineProblems<const T extends Record<string, readonly [number, string]>>(
  area: string,
  reasons: T,
): { readonly [K in keyof T]: ProblemKind } {
  const kinds = Object.entries(reasons).map(([reason, [status, detail]]) => {
    const kind: ProblemKind = { code: `${area}.${reason}`, status, detail }
    problemCatalogue.push(kind)
    return [reason, kind] as const
  })
  return Object.fromEntries(kinds) as { readonly [K in keyof T]: ProblemKind }
}

/** What goes wrong before a module is asked. */
export const requestProblems = defineProblems('request', {
  invalid: [400, 'The request does not have the expected shape; `errors` says where.'],
  malformed: [400, 'The body is not valid JSON.'],
  unauthenticated: [401, 'Send a valid key as `Authorization: Bearer wedi_…`.'],
  forbidden: [403, 'This key may not do that.'],
  notFound: [404, 'There is nothing at this address.'],
  methodNotAllowed: [405, 'This address does not answer that method.'],
  timeout: [408, 'The request did not arrive in time.'],
  stale: [412, 'It was changed in the meantime: read it again, then send its new ETag as `If-Match`.'],
  tooLarge: [413, 'The body is larger than 1 MiB.'],
  unsupportedMediaType: [415, 'Send the body as application/json.'],
  headersTooLarge: [431, 'The headers of the request are too large.'],
  tooMany: [429, 'Too many requests: wait as long as `Retry-After` says.'],
})

export const serverProblems = defineProblems('server', {
  bug: [500, 'Something went wrong on our side. The request id finds it in the log.'],
  unavailable: [
    503,
    'The database cannot be reached at the moment. Whether this was done is not known: repeat it with the same Idempotency-Key.',
  ],
})

export interface FieldError {
  readonly path: string
  readonly message: string
}

/** 400 with the place of each fault, for rules a schema cannot say. */
export function invalid(...errors: FieldError[]): Problem {
  return new Problem(requestProblems.invalid, { members: { errors } })
}
