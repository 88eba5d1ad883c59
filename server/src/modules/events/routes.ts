import type { FastifyRequest } from 'fastify'
import type { Caller } from '#platform/caller'
import { invalid, Problem } from '#platform/problem'
import type { Routes } from '#platform/routes'
import { EventQuery, EventStream } from './contract.ts'
import { eventProblems } from './problems.ts'
import type { EventStreams } from './streams.ts'

export const eventRoutes =
  (streams: EventStreams): Routes =>
  async (app) => {
    app.addHook('preClose', (done) => {
      streams.close()
      done()
    })

    app.get(
      '/events',
      {
        // A stream without end has no length, so there is nothing a HEAD could say.
        exposeHeadRoute: false,
        schema: {
          ...{ operationId: 'streamEvents', tags: ['events'], querystring: EventQuery },
          response: { 200: EventStream },
        },
        config: { needs: 'events:read', problems: [eventProblems.notYours, eventProblems.tooManyStreams] },
      },
      async (request, reply) => {
        const { caller, headers, ip: address, query } = request
        const wanted = { types: (query.types ?? '*').split(','), agentId: agentOf(caller, query.agentId) }
        const after = lastEventId(request) ?? query.after
        const { bytes, leave } = await streams.open({
          caller,
          authorization: headers.authorization,
          address,
          wanted,
          after,
        })
        reply.raw.once('close', leave)
        // Who was cut off has left bytes untaken: the socket would wait for them, and the end of the process with it.
        bytes.once('close', () => reply.raw.writableEnded || reply.raw.destroy())
        return reply
          .type('text/event-stream')
          .header('cache-control', 'no-store')
          .header('x-accel-buffering', 'no')
          .header('connection', 'close')
          .send(bytes)
      },
    )
  }

/** An agent follows itself, whether it says so or not. */
function agentOf({ agentId: own }: Caller, asked: string | undefined): string | undefined {
  const agentId = asked?.toLowerCase()
  if (own !== undefined && agentId !== undefined && agentId !== own) throw new Problem(eventProblems.notYours)
  return own ?? agentId
}

/** Where a client says it stopped. An empty one is what a browser sends that has had none. */
function lastEventId({ headers }: Pick<FastifyRequest, 'headers'>): number | undefined {
  const header = headers['last-event-id']
  if (header === undefined || header === '') return undefined
  if (!/^(0|[1-9][0-9]{0,14})$/.test(String(header)))
    throw invalid({ path: '/headers/last-event-id', message: 'is not an id of an event of this stream' })
  return Number(header)
}
