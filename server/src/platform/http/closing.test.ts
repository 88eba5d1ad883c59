import { expect, it, vi } from 'vitest'
import { createLog } from '#platform/log'
import { httpServer } from './server.ts'

it('a request in hand when the server closes is answered, and its connection does not hold the close up', async () => {
  const http = await httpServer({
    ...{ logger: createLog('silent'), rateLimitPerMinute: 1_000_000, version: '0', isGrantedToAll: () => true },
    authenticate: () => expect.unreachable('nobody is asked for a key'),
  })
  const answer = Promise.withResolvers<object>()
  const arrived = Promise.withResolvers<void>()
  http.get('/slow', { schema: { hide: true }, config: { needs: 'nothing' } }, () => {
    arrived.resolve()
    return answer.promise
  })
  const url = await http.listen({ port: 0, host: '127.0.0.1' })
  const reply = fetch(`${url}/slow`)
  await arrived.promise
  const closed = http.close()
  await vi.waitFor(() => expect(http.server.listening).toBe(false))
  answer.resolve({})
  const { status, headers } = await reply
  expect([status, headers.get('connection')]).toEqual([200, 'close'])
  await closed
})
