import type { Writable } from 'node:stream'
import fastify from 'fastify'
import pg from 'pg'
import { type NewAgent, type Step, stepsOf, textOf } from './peer-agents.ts'
import { givenSetup, POOL_SIZE, ready } from './server.ts'

/**
 * The fastest honest way to serve the same rows: Fastify with schemas, pg with prepared statements, and nothing else.
 * No request ids, rate limit, ETags, permissions, problem documents, idempotency, salts or hashes.
 */
export const PEER = [
  'key: one look into a Map, filled at start',
  'read: set_config of app.org and agents.find, both prepared, pipelined into one write and one round trip; role wedi_app',
  'read, one tenant: agents.find alone, app.org set once per connection: a ceiling, as it can serve no second tenant',
  'create: begin and set_config in one round trip, our statements one after the other, prepared, then commit',
  'create, pipelined: the same, its statements sent all at once: a ceiling, for what no statement waits for another',
  'answers: serialised by response schemas; body and parameters validated by schemas (Ajv)',
  'not done: request ids, rate limit, ETag, permissions, problem documents, idempotency keys, salts and hashes of decisions',
]

const text = { type: 'string' }
const textOrNull = { type: 'string', nullable: true }
const time = { type: 'string', format: 'date-time' }
const agent = {
  type: 'object',
  properties: {
    ...{ organizationId: text, id: text, name: text, description: textOrNull, status: text, statusReason: textOrNull },
    ...{
      runtime: text,
      labels: { type: 'array', items: text },
      metadata: { type: 'object', additionalProperties: true },
    },
    ...{ maxConcurrency: { type: 'integer' }, revision: { type: 'integer' }, createdAt: time, updatedAt: time },
    retiredAt: { ...time, nullable: true },
  },
}
const newAgent = {
  type: 'object',
  required: ['name'],
  properties: { name: text, description: text, labels: { type: 'array', items: text } },
}
const agentId = { type: 'object', properties: { agentId: { type: 'string', format: 'uuid' } } }

export async function startPeer(): Promise<void> {
  const { databaseUrl, reading, writing } = givenSetup()
  const tenants = new Map([reading, writing].map(({ key, organizationId }) => [`Bearer ${key}`, organizationId]))
  const role = '-c role=wedi_app'
  const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE, options: role, pipeline: true })
  const ofOneTenant = new pg.Pool({
    ...{ connectionString: databaseUrl, max: POOL_SIZE },
    options: `${role} -c app.org=${reading.organizationId}`,
  })
  const find = { name: 'agents.find', text: textOf('agents.find') }
  const app = fastify()

  const finders = {
    '/v1': (values: string[]) => inTenant(pool, { ...find, values }),
    '/one-tenant/v1': (values: string[]) => ofOneTenant.query({ ...find, values }),
  }
  for (const [prefix, ask] of Object.entries(finders)) {
    app.get<{ Params: { agentId: string } }>(
      `${prefix}/agents/:agentId`,
      { schema: { params: agentId, response: { 200: agent } } },
      async (request, reply) => {
        const organizationId = tenants.get(request.headers.authorization ?? '')
        if (organizationId === undefined) return reply.code(401).send()
        const { rows } = await ask([organizationId, request.params.agentId])
        return rows[0] ?? reply.code(404).send()
      },
    )
  }

  const makers = { '/v1': oneByOne, '/pipelined/v1': allAtOnce }
  for (const [prefix, send] of Object.entries(makers)) {
    app.post<{ Body: NewAgent }>(
      `${prefix}/agents`,
      { schema: { body: newAgent, response: { 201: agent } } },
      async (request, reply) => {
        const organizationId = tenants.get(request.headers.authorization ?? '')
        if (organizationId === undefined) return reply.code(401).send()
        reply.code(201)
        return create(pool, organizationId, (client) => send(client, stepsOf(organizationId, request.body)))
      },
    )
  }

  ready(await app.listen({ host: '127.0.0.1', port: 0 }))
}

const enter = { name: 'enter', text: "select set_config('app.org', $1, false)" }

/** A connection's setting is changed right before the statement it is for. */
async function inTenant(
  pool: pg.Pool,
  query: { name: string; text: string; values: string[] },
): Promise<pg.QueryResult> {
  const client = (await pool.connect()) as pg.PoolClient & { connection: { stream: Writable } }
  const { stream } = client.connection
  try {
    stream.cork()
    const sent = [client.query({ ...enter, values: query.values.slice(0, 1) }), client.query(query)]
    stream.uncork()
    return (await Promise.all(sent))[1] as pg.QueryResult
  } finally {
    client.release()
  }
}

type Send = (client: pg.PoolClient) => Promise<pg.QueryResult>

/** The first statement gives back what was made. */
async function create(pool: pg.Pool, organizationId: string, send: Send): Promise<unknown> {
  const client = await pool.connect()
  try {
    await client.query(`begin; select set_config('app.org', '${organizationId}', true)`)
    const { rows } = await send(client)
    await client.query('commit')
    client.release()
    return rows[0]
  } catch (error) {
    client.release(true)
    throw error
  }
}

async function oneByOne(client: pg.PoolClient, steps: Step[]): Promise<pg.QueryResult> {
  const results: pg.QueryResult[] = []
  for (const step of steps) results.push(await client.query(step))
  return results[0] as pg.QueryResult
}

async function allAtOnce(client: pg.PoolClient, steps: Step[]): Promise<pg.QueryResult> {
  const results = await Promise.all(steps.map((step) => client.query(step)))
  return results[0] as pg.QueryResult
}
