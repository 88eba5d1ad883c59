import { afterEach, beforeEach, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../test/support/app.ts'
import { until } from '../../test/support/until.ts'
import { systemClock } from './clock.ts'
import { Database } from './database/database.ts'
import { Jobs } from './jobs.ts'
import { createLog } from './log.ts'

const KIND = 'test.work'
const log = createLog('silent')
let app: TestApp
let database: Database
let jobs: Jobs
let organizationId: string
/** What a run waits for, also when its test has failed. */
const holds: PromiseWithResolvers<void>[] = []

beforeEach(async () => {
  app = await startApp({ doesJobs: false })
  database = new Database({ connectionString: app.databaseUrl, clock: systemClock, log })
  jobs = new Jobs(database, log)
  const [row] = await app.query<{ id: string }>('select id from organization limit 1')
  organizationId = row?.id as string
})

afterEach(async () => {
  for (const hold of holds.splice(0)) hold.resolve()
  await jobs.stop()
  await database.close()
  await app.stop()
})

const ask = (subject: string) => database.inOrganization(organizationId, (tx) => jobs.request(tx, KIND, subject))
const left = async () => (await app.query('select from job where kind = $1', [KIND])).length

it('a job that is asked for again while it runs runs once more', async () => {
  const begun = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  holds.push(opened)
  let runs = 0
  jobs.handle(KIND, async () => {
    if (++runs === 1) {
      begun.resolve()
      await opened.promise
    }
    return 'done'
  })
  await ask('a')
  jobs.start()
  await begun.promise
  await ask('a')
  opened.resolve()
  await until('no job is left', async () => (await left()) === 0)
  expect(runs).toBe(2)
})

it('who held a job before does not end it for who holds it now', async () => {
  holds.push(Promise.withResolvers(), Promise.withResolvers())
  let runs = 0
  jobs.handle(KIND, async () => {
    await holds[runs++]?.promise
    return 'done'
  })
  await ask('a')
  jobs.start()
  await until('it runs', async () => runs === 1)
  await app.query('update job set lease_until = clock_timestamp() where kind = $1', [KIND])
  await until('it runs a second time', async () => runs === 2)
  // The first ends, and is heard of: what is asked for after it is done.
  holds[0]?.resolve()
  await ask('b')
  await until('the other is done', async () => runs === 3 && (await left()) === 1)
  holds[1]?.resolve()
  await until('no job is left', async () => (await left()) === 0)
})

it('jobs of a kind with a cap never take more places, and hold up no others', async () => {
  const held = Promise.withResolvers<void>()
  holds.push(held)
  let running = 0
  let most = 0
  jobs.handle(
    'test.slow',
    async () => {
      most = Math.max(most, ++running)
      await held.promise
      running--
      return 'done'
    },
    { atMost: 2 },
  )
  let done = 0
  jobs.handle(KIND, async () => {
    done++
    return 'done'
  })
  const slow = Array.from({ length: 100 }, (_, i) => String(i))
  await database.inOrganization(organizationId, (tx) => jobs.requestAll(tx, 'test.slow', slow))
  jobs.start()
  await until('two of them run', async () => running === 2)
  await ask('a')
  await until('the other is done', async () => done === 1)
  expect(running).toBe(2)
  held.resolve()
  await until(
    'all are done',
    async () => (await app.query('select from job where kind = $1', ['test.slow'])).length === 0,
  )
  expect(most).toBe(2)
})
