import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { Type } from 'typebox'
import { type ProblemKind, requestProblems, serverProblems } from '../problem.ts'
import { idempotencyProblems } from './idempotency-problems.ts'

export const ProblemBody = Type.Object(
  {
    type: Type.String({ description: 'Where the code is explained' }),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String({ description: 'Stable, `area.reason`' }),
    detail: Type.String(),
    requestId: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  },
  { $id: 'Problem', additionalProperties: true, title: 'Problem' },
)

const problemResponse = (kinds: ProblemKind[]) => ({
  description: kinds.map((kind) => `\`${kind.code}\`: ${kind.detail}`).join('\n\n'),
  content: { 'application/problem+json': { schema: Type.Ref('Problem') } },
})

/** The problems a route answers because of what it is: a careless route cannot leave them out. */
function problemsOf(route: RouteOptions, isGrantedToAll: (permission: string) => boolean): ProblemKind[] {
  const schema: FastifySchema = route.schema ?? {}
  const { needs, problems = [], idempotency, honoursIfMatch, hasRawBody } = route.config ?? {}
  const kinds = [...problems]
  if ((schema.body && !hasRawBody) || schema.params || schema.querystring || idempotency)
    kinds.push(requestProblems.invalid)
  if (schema.body) kinds.push(requestProblems.malformed, requestProblems.tooLarge, requestProblems.unsupportedMediaType)
  if (needs !== 'nothing') {
    kinds.push(requestProblems.unauthenticated, requestProblems.tooMany, serverProblems.bug, serverProblems.unavailable)
    if (needs !== undefined && !isGrantedToAll(needs)) kinds.push(requestProblems.forbidden)
  }
  if (idempotency) {
    kinds.push(idempotencyProblems.keyRequired, idempotencyProblems.mismatch, idempotencyProblems.inProgress)
  }
  if (honoursIfMatch) kinds.push(requestProblems.stale)
  return kinds
}

/**
 * Completes each route's documentation with the problems it can answer and refuses, at boot, one that leaves out what
 * no route may leave out.
 */
export function describeRoutes(app: FastifyInstance, isGrantedToAll: (permission: string) => boolean): void {
  app.addSchema(ProblemBody)
  app.addHook('onRoute', (route) => {
    if (route.schema?.hide || route.method === 'HEAD' || route.method === 'OPTIONS') return
    // A POST that takes nothing refuses what it is sent, like any other.
    if (route.method === 'POST' && route.schema) route.schema.body ??= Type.Object({}, { additionalProperties: false })
    requireBasics(route)
    const byStatus = Map.groupBy(problemsOf(route, isGrantedToAll), (kind) => kind.status)
    const described = Object.fromEntries([...byStatus].map(([status, kinds]) => [status, problemResponse(kinds)]))
    const schema: FastifySchema = route.schema ?? {}
    const security = route.config?.needs === 'nothing' ? { security: [] } : {}
    route.schema = {
      ...headersOf(route),
      ...schema,
      ...security,
      response: { ...(schema.response as object), ...described },
    }
  })
}

/** Headers that mean something here. None is required by schema: their absence has a code of its own. */
function headersOf({ config }: RouteOptions): Pick<FastifySchema, 'headers'> {
  const described = {
    ...(config?.idempotency && {
      'idempotency-key': Type.Optional(
        Type.String({ description: `A text of your own, the same on each retry (${config.idempotency})` }),
      ),
    }),
    ...(config?.honoursIfMatch && {
      'if-match': Type.Optional(
        Type.String({ description: 'The ETag you last saw: refused with 412 when it is another' }),
      ),
    }),
  }
  return Object.keys(described).length === 0 ? {} : { headers: Type.Object(described) }
}

function requireBasics({ method, url, schema, config }: RouteOptions): void {
  const route = `${String(method)} ${url}`
  if (!schema?.operationId) throw new Error(`${route} has no operationId`)
  if (!schema.response) throw new Error(`${route} has no response schema`)
  if (config?.needs === undefined) throw new Error(`${route} does not say what permission it needs`)
  const body = schema.body as { additionalProperties?: unknown } | undefined
  if (body && body.additionalProperties !== false && !config.hasRawBody) throw new Error(`${route} has an open body`)
  if (config.movesMoney && !config.idempotency) throw new Error(`${route} moves money without idempotency`)
}
