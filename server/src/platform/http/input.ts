import Ajv from 'ajv'
import formats from 'ajv-formats'
import type { FastifyInstance } from 'fastify'
import { type FieldError, invalid } from '../problem.ts'

const MAX_DEPTH = 32

/** Strict bodies: no coercion, unknown fields refused. Query strings are text, so there (only) numbers are read. */
export function validateStrictly(app: FastifyInstance): void {
  const shared = { allErrors: true, removeAdditional: false, useDefaults: true, strict: false } as const
  const exact = withFormats(new Ajv.default({ ...shared, coerceTypes: false }))
  const fromText = withFormats(new Ajv.default({ ...shared, coerceTypes: true }))
  app.setValidatorCompiler(({ schema, httpPart }) => (httpPart === 'body' ? exact : fromText).compile(schema as object))
  acceptEmptyBodies(app)
  app.addHook('preValidation', (request, _reply, done) => {
    const { schema } = request.routeOptions
    if (schema?.body && (request.body === undefined || request.body === null)) request.body = {}
    const fault =
      unstorable(request.body, '') ?? unstorable(request.query, '/querystring') ?? unstorable(request.params, '/params')
    done(fault && invalid(fault))
  })
}

const TIME = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i

/** RFC 3339 as JavaScript and PostgreSQL both read it: four-digit years, no leap seconds. */
const isTime = (text: string): boolean => {
  const time = new Date(text)
  return (
    TIME.test(text) && !Number.isNaN(time.getTime()) && time.getUTCFullYear() >= 1000 && time.getUTCFullYear() <= 9999
  )
}

const withFormats = (ajv: Ajv.default): Ajv.default => formats.default(ajv).addFormat('date-time', isTime)

/** `POST` with a JSON content type and no body is common (curl, clients): it means an empty object. */
function acceptEmptyBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text.length === 0) done(null, {})
    else void parse(request, text as string, done)
  })
}

/** What JSON allows and PostgreSQL, RFC 8785 or a double does not: NUL, lone surrogates, huge numbers, deep nesting. */
function unstorable(root: unknown, at: string): FieldError | undefined {
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: at, depth: 0 }]
  for (let item = open.pop(); item; item = open.pop()) {
    const { value, path, depth } = item
    const fault = unstorableScalar(value)
    if (fault) return { path: path || '/', message: fault }
    if (value === null || typeof value !== 'object' || Buffer.isBuffer(value)) continue
    if (depth >= MAX_DEPTH) return { path, message: `is nested deeper than ${MAX_DEPTH} levels` }
    for (const [key, inner] of Object.entries(value)) {
      const badKey = unstorableScalar(key)
      if (badKey) return { path: path || '/', message: `has a name that ${badKey}` }
      open.push({ value: inner, path: `${path}/${key}`, depth: depth + 1 })
    }
  }
  return undefined
}

function unstorableScalar(value: unknown): string | undefined {
  if (typeof value === 'string') {
    if (value.includes('\u0000')) return 'contains a NUL character'
    if (!value.isWellFormed()) return 'is not well-formed Unicode'
  }
  if (typeof value !== 'number') return undefined
  if (!Number.isFinite(value)) return 'is a number beyond the range of a double: send it as text'
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return 'is an integer beyond 2^53: send it as text'
  return undefined
}
