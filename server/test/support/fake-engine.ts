import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify'
import { type Engine, type EngineState, engineOn, type Misbehaviour, newEngineState } from './fake-engine-queue.ts'
import {
  type EngineFailure,
  type EngineRoute,
  type Handler,
  type Input,
  problem,
  routesOf,
} from './fake-engine-routes.ts'
import { type Script, scripted } from './scripted.ts'

export { type EngineState, type Misbehaviour, newEngineState } from './fake-engine-queue.ts'
export type { EngineFailure, EngineRoute } from './fake-engine-routes.ts'

export interface FakeEngine
  extends Pick<EngineState, 'wallets' | 'signatures' | 'transactions'>,
    Omit<Script<EngineRoute, EngineFailure>, 'next'> {
  readonly url: string
  readonly token: string
  readonly state: EngineState
  /** From now on, of every payment, until `behave()`. */
  misbehave(how: Misbehaviour): void
  behave(): void
  stop(): Promise<void>
}

interface FakeEngineOptions {
  readonly rpcUrl: string
  readonly token?: string
  readonly port?: number
  readonly state?: EngineState
}

/** thirdweb Engine v2 as `facts/ENGINE.md` describes it, over HTTP, paying for real on the chain at `rpcUrl`. */
export async function startFakeEngine(options: FakeEngineOptions): Promise<FakeEngine> {
  const { rpcUrl, token = `engine-${randomUUID()}`, port = 0, state = newEngineState() } = options
  const { next, ...script } = scripted<EngineRoute, EngineFailure>()
  const engine = engineOn(rpcUrl, state)
  const server = serverOf(engine, state, { token, nextFailure: next })
  const url = await server.listen({ port, host: '127.0.0.1' })
  return {
    ...{ url, token, state, ...script },
    ...{ wallets: state.wallets, signatures: state.signatures, transactions: state.transactions },
    misbehave(how) {
      state.misbehaviours.add(how)
      if (how === 'forgets') engine.forget(...state.transactions.keys())
    },
    behave: () => state.misbehaviours.clear(),
    stop: () => server.close(),
  }
}

interface Gate {
  readonly token: string
  readonly nextFailure: (route: EngineRoute) => EngineFailure | undefined
}

function serverOf(engine: Engine, state: EngineState, { token, nextFailure }: Gate) {
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 1024 * 1024 })

  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const { statusCode = 500, code = 'INTERNAL_SERVER_ERROR', message } = error
    return reply.code(statusCode).send({ error: { message, code, statusCode } })
  })
  app.addHook('onRequest', async (request, reply) => {
    const isOpen = request.url.startsWith('/transaction/status/') || request.url === '/system/health'
    if (!isOpen && request.headers.authorization !== `Bearer ${token}`) return unauthorized(request, reply)
  })

  /** A handler with the scripted failures around it. */
  const answer =
    (route: EngineRoute, handle: Handler) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const how = nextFailure(route)
      if (how === 'hang') return reply.hijack()
      if (how === 'unauthorized') return unauthorized(request, reply)
      if (how === 'refuse-400') throw problem(400, 'BAD_REQUEST', `Refused as scripted, ${secretsIn(request)}`)
      if (how === 'status-500') throw problem(500, 'INTERNAL_SERVER_ERROR', 'Failed as scripted')
      if (how === 'status-503') return reply.code(503).type('text/html').send('<h1>503 Service Unavailable</h1>')
      const result = await handle(inputOf(request), how)
      if (how === 'status-500-after-effect') throw problem(500, 'INTERNAL_SERVER_ERROR', 'Failed after the effect')
      if (how === 'garbage') return reply.type('application/json').send('{"result":{"queueId":')
      if (how !== 'lose-reply-after-effect') return { result }
      reply.hijack()
      request.raw.socket.destroy()
    }

  for (const [method, path, route, handle] of routesOf(engine, state)) {
    app.route({ method, url: path, handler: route === undefined ? plain(handle) : answer(route, handle) })
  }
  return app
}

const plain = (handle: Handler) => async (request: FastifyRequest) => ({ result: await handle(inputOf(request)) })

/** The message repeats the header, as a careless proxy might: nobody may pass it on. */
const unauthorized = (request: FastifyRequest, reply: FastifyReply) =>
  reply.code(401).send({ error: 'Unauthorized', message: `Please provide a valid access token, ${secretsIn(request)}` })

const secretsIn = ({ headers, url }: FastifyRequest) =>
  `not ${headers.authorization} on ${url} with ${headers['x-idempotency-key'] ?? 'no key'}`

function inputOf({ params, query, body, headers }: FastifyRequest): Input {
  return {
    params: params as Input['params'],
    query: query as Input['query'],
    body: (body ?? {}) as Input['body'],
    wallet: String(headers['x-backend-wallet-address'] ?? ''),
    key: headers['x-idempotency-key'] as string | undefined,
  }
}
