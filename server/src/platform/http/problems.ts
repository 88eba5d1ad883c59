import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { isUnavailable } from '../database/errors.ts'
import { type FieldError, invalid, Problem, requestProblems, serverProblems } from '../problem.ts'

const ERRORS_SHOWN = 20
/** A key that was sent as the name of a field is not sent back. */
const KEY_LIKE = /wedi_[a-z]{2}_[0-9A-Za-z]+/g

/** The RFC 9457 body of a problem. `type` is an address on this server that explains the code. */
export function problemBody(problem: Problem, requestId: string) {
  return {
    type: `/docs/errors#${problem.code}`,
    title: STATUS_CODES[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    requestId,
    ...problem.members,
  }
}

/** The one translator from anything thrown to problem+json. What is not expected is logged and stays inside. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error)
  if (problem.status >= 500) request.log.error({ err: error, requestId: request.id }, 'request failed')
  const retryAfter = problem.members.retryAfterSeconds
  if (typeof retryAfter === 'number') reply.header('retry-after', String(retryAfter))
  return sendProblem(problem, request, reply)
}

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problemBody(problem, request.id))
}

const byFastifyCode: Record<string, Problem> = {
  FST_ERR_CTP_INVALID_JSON_BODY: new Problem(requestProblems.malformed),
  FST_ERR_CTP_EMPTY_JSON_BODY: new Problem(requestProblems.malformed),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Problem(requestProblems.malformed),
  FST_ERR_CTP_BODY_TOO_LARGE: new Problem(requestProblems.tooLarge),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Problem(requestProblems.unsupportedMediaType),
  FST_ERR_BAD_URL: new Problem(requestProblems.notFound),
  FST_ERR_MAX_PARAM_LENGTH: new Problem(requestProblems.notFound),
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (isUnavailable(error)) return new Problem(serverProblems.unavailable, { members: { retryAfterSeconds: 1 } })
  const known = error as Partial<FastifyError>
  if (known.validation) return invalid(...fieldErrors(known))
  if (error instanceof SyntaxError && known.statusCode === 400) return new Problem(requestProblems.malformed)
  return byFastifyCode[known.code ?? ''] ?? new Problem(serverProblems.bug)
}

function fieldErrors({ validation = [], validationContext = 'body' }: Partial<FastifyError>): FieldError[] {
  const prefix = validationContext === 'body' ? '' : `/${validationContext}`
  return validation.slice(0, ERRORS_SHOWN).map(({ instancePath, keyword, params, message = 'is not valid' }) => {
    const named = keyword === 'required' ? params.missingProperty : params.additionalProperty
    const path = `${prefix}${instancePath}${named === undefined ? '' : `/${String(named)}`}` || '/'
    return { path: path.replaceAll(KEY_LIKE, 'wedi_…'), message }
  })
}
