import { expect, it } from 'vitest'
import { isUnavailable } from './errors.ts'

const failed = (over: object) => Object.assign(new Error('it failed'), over)
const underPrisma = (originalCode: string) =>
  failed({ code: 'P2010', meta: { driverAdapterError: { cause: { kind: 'postgres', originalCode } } } })

it.each<[string, Error, boolean]>([
  ['a refused connection', failed({ code: 'ECONNREFUSED' }), true],
  ['a server that shuts down', failed({ code: '57P01' }), true],
  ['a cause that is one of these', failed({ cause: failed({ code: 'ECONNRESET' }) }), true],
  ['a server that Prisma cannot reach', failed({ code: 'P1001' }), true],
  ['a connection that is closed under Prisma', failed({ code: 'P1017' }), true],
  ['a server that shuts down under Prisma', underPrisma('57P01'), true],
  ['a broken rule of the data', failed({ code: '23505' }), false],
  ['a column that is not there, under Prisma', failed({ code: 'P2022' }), false],
  ['a wrong statement under Prisma', underPrisma('42601'), false],
])('%s: unavailable or a bug', (_case, error, isSo) => {
  expect(isUnavailable(error)).toBe(isSo)
})
