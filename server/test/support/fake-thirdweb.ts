import { randomUUID } from 'node:crypto'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { type Engine, type EngineState, engineOn, newEngineState } from './fake-engine-queue.ts'
import { type HostedFailure, type HostedRoute, routesOf } from './fake-thirdweb-routes.ts'
import { type Script, scripted } from './scripted.ts'

export type { HostedFailure, HostedRoute } from './fake-thirdweb-routes.ts'

export interface FakeThirdweb
  extends Pick<EngineState, 'wallets' | 'signatures' | 'transactions'>,
    Omit<Script<HostedRoute, HostedFailure>, 'next'> {
  readonly url: string
  readonly secretKey: string
  readonly vaultToken: string
  readonly state: EngineState
  stop(): Promise<void>
}

interface FakeThirdwebOptions {
  readonly rpcUrl: string
  readonly port?: number
  readonly secretKey?: string
  readonly state?: EngineState
}

/**
 * thirdweb's hosted APIs (wallets v1, transactions v3) behind one address, as their published types have them: strict in
 * what they take, and paying for real on the chain at `rpcUrl`. Nobody here has seen the real ones answer.
 */
export async function startFakeThirdweb(options: FakeThirdwebOptions): Promise<FakeThirdweb> {
  const { rpcUrl, port = 0, secretKey = `hosted-${randomUUID()}`, state = newEngineState() } = options
  const vaultToken = `vault-${secretKey}`
  const { next, ...script } = scripted<HostedRoute, HostedFailure>()
  const server = serverOf(engineOn(rpcUrl, state), state, { secretKey, vaultToken, next })
  const url = await server.listen({ port, host: '127.0.0.1' })
  return {
    ...{ url, secretKey, vaultToken, state, ...script },
    ...{ wallets: state.wallets, signatures: state.signatures, transactions: state.transactions },
    stop: () => server.close(),
  }
}

interface Gate {
  readonly secretKey: string
  readonly vaultToken: string
  readonly next: (route: HostedRoute) => HostedFailure | undefined
}

/** What is answered instead of doing anything. */
const INSTEAD: Partial<Record<HostedFailure, [number, string, object?]>> = {
  'refuse-400': [400, 'Refused as scripted', { type: 'VALIDATION_ERROR' }],
  unauthorized: [401, 'Invalid secret key'],
  'insufficient-funds': [402, 'The project has run out of funds'],
  'status-500': [500, 'Failed as scripted', { type: 'INTERNAL_ERROR' }],
  // The status of its chain node, passed on: it says nothing of what was done.
  'node-403': [403, 'RPC error on chain 31337', { type: 'RPC_ERROR', kind: { type: 'TRANSPORT_HTTP_ERROR' } }],
  'duplicate-key': [409, 'This idempotency key was used'],
}

function serverOf(engine: Engine, state: EngineState, { secretKey, vaultToken, next }: Gate) {
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 1024 * 1024 })
  const say = (reply: FastifyReply, status: number, message: string, details?: object) =>
    reply.code(status).send({ error: { message, ...(details && { details }) } })

  app.setErrorHandler<Error & { statusCode?: number; details?: object }>((error, _request, reply) =>
    say(reply, error.statusCode ?? 500, error.message, error.details ?? { type: 'INTERNAL_ERROR' }),
  )
  app.addHook('onRequest', async ({ headers }, reply) => {
    const isVaultRight = [undefined, vaultToken].includes(headers['x-vault-access-token'] as string | undefined)
    if (headers['x-secret-key'] !== secretKey || !isVaultRight) return say(reply, 401, 'Invalid secret key')
  })

  for (const { path, name, success, handle } of routesOf(engine, state)) {
    app.post(path, async (request, reply) => {
      const how = next(name)
      const [status, message, details] = (how && INSTEAD[how]) ?? []
      if (how === 'hang') return reply.hijack()
      if (how === 'status-503') return reply.code(503).type('text/html').send('<h1>503 Service Unavailable</h1>')
      // A careless gateway may repeat what it was sent: nobody may pass it on.
      if (status !== undefined) return say(reply, status, `${message}, ${secretsIn(request)}`, details)
      const result = await handle(request.body, how)
      if (how === 'status-500-after-effect') return say(reply, 500, 'Failed after the effect')
      if (how === 'garbage') return reply.type('application/json').send('{"result":{"transactions":[')
      if (how !== 'lose-reply-after-effect') return reply.code(success).send({ result })
      reply.hijack()
      request.raw.socket.destroy()
    })
  }
  return app
}

const secretsIn = ({ headers, body }: FastifyRequest) =>
  `not ${headers['x-secret-key']} ${headers['x-vault-access-token']} with ${JSON.stringify(body)}`
