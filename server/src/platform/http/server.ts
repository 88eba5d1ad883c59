import type { Socket } from 'node:net'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Caller } from '../caller.ts'
import { newId } from '../ids.ts'
import { Problem, requestProblems } from '../problem.ts'
import { answerConnectionError } from './connection-errors.ts'
import { tagResources } from './etag.ts'
import { validateStrictly } from './input.ts'
import { describeRoutes } from './openapi.ts'
import { servePages } from './pages.ts'
import { answerError, sendProblem } from './problems.ts'
import './types.ts'

const MAX_BODY_BYTES = 1024 * 1024
const REQUEST_TIMEOUT_MS = 30_000
const MAX_URL_PARAMETER_LENGTH = 300

export interface HttpOptions {
  readonly logger: FastifyBaseLogger
  readonly rateLimitPerMinute: number
  /** Addresses and networks whose `X-Forwarded-…` is believed. */
  readonly trustedProxies?: readonly string[]
  /** Finds who a bearer key belongs to. `fresh` passes every cache. Throws a Problem when it belongs to nobody. */
  readonly authenticate: (
    authorization: string | undefined,
    options: { fresh: boolean; address: string },
  ) => Promise<Caller>
  /** Told of each request of a valid key, also of one it may not make. */
  readonly onKeyUsed?: (caller: Caller, use: { route: string; address: string }) => void
  /** True when every key may have this permission, so that a route needing it can never answer 403. */
  readonly isGrantedToAll: (permission: string) => boolean
  readonly version: string
}

export type HttpServer = FastifyInstance

/** At the end, for who has just connected and is about to ask. */
const SILENCE_MS = 500

/** The bare server: what crosses every route is registered here, once. Modules add their routes to it. */
export async function httpServer(options: HttpOptions): Promise<HttpServer> {
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_URL_PARAMETER_LENGTH },
    genReqId: () => newId(),
    frameworkErrors: (error, request, reply) =>
      void answerError(error, request, reply.header('x-request-id', request.id)),
    clientErrorHandler: answerConnectionError,
    forceCloseConnections: 'idle',
  }).withTypeProvider<TypeBoxTypeProvider>()
  validateStrictly(app)
  app.setErrorHandler(answerError)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
  closeWithLastAnswer(app)
  answerUnknownRoutes(app)
  await document(app, options)
  servePages(app)
  authenticateRequests(app, options)
  await limitRates(app, options)
  tagResources(app)
  return app
}

async function document(app: FastifyInstance, { version, isGrantedToAll }: HttpOptions): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Wedi',
        version,
        description: 'An open control plane for autonomous payment agents.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This server' }],
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer', description: '`wedi_sk_…`, `wedi_ak_…` or `wedi_ik_…`' },
        },
      },
      security: [{ key: [] }],
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `schema${index}`) },
  })
  app.get('/openapi.json', { schema: { hide: true }, config: { needs: 'nothing' } }, async () => app.swagger())
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { docExpansion: 'list', deepLinking: true } })
  describeRoutes(app, isGrantedToAll)
}

function authenticateRequests(app: FastifyInstance, { authenticate, onKeyUsed }: HttpOptions): void {
  app.decorateRequest('caller', null as unknown as Caller)
  app.addHook('onRequest', async (request) => {
    const { needs, movesMoney = false } = request.routeOptions.config
    if (needs === undefined || needs === 'nothing') return
    const { ip: address, headers } = request
    request.caller = await authenticate(headers.authorization, { fresh: movesMoney, address })
    onKeyUsed?.(request.caller, { route: request.routeOptions.schema?.operationId ?? 'unknown', address })
    if (!request.caller.permissions?.has(needs)) {
      throw new Problem(requestProblems.forbidden, { detail: `This key lacks the permission \`${needs}\`.` })
    }
  })
}

async function limitRates(app: FastifyInstance, { rateLimitPerMinute }: HttpOptions): Promise<void> {
  await app.register(rateLimit, {
    max: rateLimitPerMinute,
    timeWindow: 60_000,
    hook: 'preValidation',
    allowList: (request) => request.routeOptions.config.needs === undefined,
    keyGenerator: (request) => request.caller?.actor ?? request.ip,
    errorResponseBuilder: (_request, { ttl }) =>
      new Problem(requestProblems.tooMany, { members: { retryAfterSeconds: Math.ceil(ttl / 1000) } }),
  })
}

/** A connection whose request was in hand when closing began would be kept alive, and the close would wait for it. */
function closeWithLastAnswer(app: FastifyInstance): void {
  let isClosing = false
  // Whoever has opened a connection and asked nothing yet would be waited for.
  const silent = new Set<Socket>()
  app.server.on('connection', (socket: Socket) => {
    silent.add(socket)
    socket.once('close', () => silent.delete(socket))
  })
  app.server.on('request', ({ socket }) => silent.delete(socket))
  app.addHook('preClose', (done) => {
    isClosing = true
    setTimeout(() => {
      for (const socket of silent) socket.destroy()
    }, SILENCE_MS)
    done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (isClosing) reply.header('connection', 'close')
    done(null, payload)
  })
}

/** 404 for what does not exist, 405 with `Allow` for a known address and another method. */
function answerUnknownRoutes(app: FastifyInstance): void {
  const methodsByPattern = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByPattern.get(url) ?? new Set()
    for (const one of [method].flat()) methods.add(one)
    methodsByPattern.set(url, methods)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const match = [...methodsByPattern].find(([pattern]) => matches(pattern, path))
    if (!match) return sendProblem(new Problem(requestProblems.notFound), request, reply)
    reply.header('allow', [...match[1]].join(', '))
    return sendProblem(new Problem(requestProblems.methodNotAllowed), request, reply)
  })
}

function matches(pattern: string, path: string): boolean {
  const expected = pattern.split('/')
  const actual = path.split('/')
  const isOpen = expected.at(-1) === '*' && actual.length > expected.length
  const isAlike = (part: string, i: number) => part.startsWith(':') || part === '*' || part === actual[i]
  return (isOpen || expected.length === actual.length) && expected.every(isAlike)
}
