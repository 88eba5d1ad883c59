import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { invalid } from './problem.ts'
import { decodeCursor, type PageRequest } from './schemas.ts'
import './http/types.ts'

/** A module's routes: a Fastify plugin whose handlers are typed by their schemas. */
export type Routes = FastifyPluginAsyncTypebox

/** The page a validated query asks for. */
export function pageRequest({ limit = 50, cursor }: { limit?: number; cursor?: string }): PageRequest {
  if (cursor === undefined) return { limit }
  const before = decodeCursor(cursor)
  if (before === undefined) throw invalid({ path: '/querystring/cursor', message: 'is not a cursor of ours' })
  return { limit, before }
}
