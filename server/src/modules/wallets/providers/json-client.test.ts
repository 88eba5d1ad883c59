import { expect, it } from 'vitest'
import { isNeverConnected } from './json-client.ts'

const failed = (code: string, syscall?: string) => Object.assign(new Error(code), { code, ...(syscall && { syscall }) })

it.each<[string, unknown, boolean]>([
  ['a refused connection', failed('ECONNREFUSED', 'connect'), true],
  ['a name nobody knows', failed('ENOTFOUND', 'getaddrinfo'), true],
  ['a connection that took too long', failed('UND_ERR_CONNECT_TIMEOUT'), true],
  [
    'every address tried in vain',
    new AggregateError([failed('ECONNREFUSED', 'connect'), failed('ETIMEDOUT', 'connect')]),
    true,
  ],
  ['a host that went away after it was sent everything', failed('EHOSTUNREACH', 'read'), false],
  [
    'one address that was reached',
    new AggregateError([failed('ECONNREFUSED', 'connect'), failed('ECONNRESET', 'read')]),
    false,
  ],
  ['nothing that was tried', new AggregateError([]), false],
  ['no error at all', undefined, false],
])('counts as never connected, so as nothing sent, only what was: %s', (_case, cause, expected) => {
  expect(isNeverConnected(cause)).toBe(expected)
})
