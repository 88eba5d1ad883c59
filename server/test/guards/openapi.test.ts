import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp, type TestApp } from '../support/app.ts'
import { expectOk } from '../support/client.ts'
import { committedDocument, DELIVERIES, OPENAPI, operationsOf } from './operations.ts'
import { situations } from './situations.ts'

let app: TestApp
beforeAll(async () => {
  app = await startApp({ doesJobs: false })
})
afterAll(() => app.stop())

it('openapi.json is what the server says (node scripts/openapi.ts writes it)', async () => {
  const said = await expectOk(app.admin.as(undefined).get('/openapi.json'))
  expect(`${JSON.stringify(said, null, 2)}\n`).toBe(readFileSync(OPENAPI, 'utf8'))
})

it('every route under /v1 is documented', () => {
  const documented = operationsOf(committedDocument()).map(({ operationId }) => operationId)
  const served = app.routes.filter(({ method }) => method !== 'HEAD').map(({ operationId }) => operationId)
  expect([...new Set(served)].sort()).toEqual([...documented, ...DELIVERIES].sort())
})

it('every operation has a situation in which it succeeds', () => {
  expect(Object.keys(situations).sort()).toEqual(
    operationsOf(committedDocument())
      .map(({ operationId }) => operationId)
      .sort(),
  )
})
