import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { newId } from '../ids.ts'
import { Problem, requestProblems } from '../problem.ts'
import { problemBody } from './problems.ts'

/** What went wrong below HTTP's grammar, before there is a request: answered in the same form as everything else. */
export function answerConnectionError(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const problem = problemOf(error)
  const body = JSON.stringify(problemBody(problem, newId()))
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function problemOf({ code }: { code?: string }): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem(requestProblems.headersTooLarge)
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem(requestProblems.timeout)
  return new Problem(requestProblems.malformed, { detail: 'This is not a well-formed HTTP request.' })
}
