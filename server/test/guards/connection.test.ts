import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp({ doesJobs: false })
})
afterAll(() => app.stop())

/** What the server answers to bytes that no HTTP client would send. */
function answerTo(bytes: string): Promise<string> {
  const { hostname, port } = new URL(app.url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.setEncoding('utf8').on('data', (text) => (answer += text))
    socket.on('end', () => resolve(answer)).on('error', reject)
  })
}

it.each([
  ['what is not HTTP', 'HELLO\r\n\r\n', 400, 'request.malformed'],
  [
    'headers that are too large',
    `GET / HTTP/1.1\r\nhost: x\r\nx-large: ${'a'.repeat(40_000)}\r\n\r\n`,
    431,
    'request.headersTooLarge',
  ],
])('answers %s with a problem, and goes on', async (_case, bytes, status, code) => {
  const [head = '', body = ''] = (await answerTo(bytes)).split('\r\n\r\n')
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(head).toContain('application/problem+json')
  expect(JSON.parse(body)).toMatchObject({ status, code, requestId: expect.any(String) })
  expect((await app.admin.get('/health/live')).status).toBe(200)
})
