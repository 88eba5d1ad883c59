import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem, requestProblems } from '../problem.ts'

export const etagOf = (revision: number): { etag: string } => ({ etag: `"${revision}"` })

/** The revision an `If-Match` asks for; undefined without one (or with `*`): then any will do. */
export function expectedRevision(request: Pick<FastifyRequest, 'headers'>): number | undefined {
  const header = request.headers['if-match']
  if (header === undefined || header === '*') return undefined
  const match = /^"([1-9][0-9]{0,8})"$/.exec(header)
  if (!match) throw new Problem(requestProblems.stale)
  return Number(match[1])
}

/** Whether an `If-None-Match` names this tag: in a list, as a weak one, or by `*` (RFC 9110, 13.1.2). */
export const isNamedBy = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((each) => ['*', etag].includes(each.trim().replace(/^W\//, '')))

const TAGGED = /^(application\/(json|octet-stream)|text\/(plain|html))\b/

/** Single resources without a revision of their own carry a tag of their content. */
export function tagResources(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    const isWhole = typeof payload === 'string' || Buffer.isBuffer(payload)
    const isTagged = isWhole && TAGGED.test(String(reply.getHeader('content-type')))
    if (request.method === 'GET' && reply.statusCode === 200 && isTagged && !reply.hasHeader('etag')) {
      reply.header('etag', `"${createHash('sha1').update(payload).digest('base64url')}"`)
    }
    done(null, payload)
  })
}
