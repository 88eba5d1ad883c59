import type { Caller } from '../caller.ts'
import type { ProblemKind } from '../problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The permission a caller must have; `nothing` for what is open to all. Boot fails when it is missing. */
    needs?: string
    /** `optional` where an Idempotency-Key is honoured, `required` where money may move. */
    idempotency?: 'optional' | 'required'
    /** The caller's key is then looked up anew, past every cache. */
    movesMoney?: boolean
    honoursIfMatch?: boolean
    /** The handler reads the bytes, because a signature covers them: see raw-body.ts. */
    hasRawBody?: boolean
    /** What this route refuses by itself, beyond what every route of its shape refuses. */
    problems?: ProblemKind[]
  }
  interface FastifyRequest {
    caller: Caller
  }
}
