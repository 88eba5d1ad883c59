import { expect } from 'vitest'
import type { Reply } from './client.ts'

/** The whole form of RFC 9457, and this code. */
export function expectProblem(reply: Reply<unknown>, status: number, code: string): void {
  expect({ status: reply.status, body: reply.body }).toMatchObject({
    status,
    body: { type: `/docs/errors#${code}`, title: expect.any(String), status, code, detail: expect.any(String) },
  })
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect((reply.body as { requestId: string }).requestId).toBe(reply.headers.get('x-request-id'))
}

/** A body without what differs from request to request. */
export const withoutRequestId = ({ text, headers }: Reply<unknown>): string =>
  text.replaceAll(headers.get('x-request-id') ?? '', '<request>')
