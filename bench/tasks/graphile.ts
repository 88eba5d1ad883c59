import { setTimeout as pause } from 'node:timers/promises'
import { type AddJobFunction, Logger, type Runner, run, runMigrations } from 'graphile-worker'
import type pg from 'pg'
import { poolAt } from '../limit-contenders.ts'
import { PAYLOAD, type Queue } from './queue.ts'

const CONCURRENCY = 32
const LOCAL_QUEUE = 500
/** No waiting for more to come: what ends in one turn of the event loop is written together. */
const BATCH_DELAY_MS = 0
/** It hears of new jobs by NOTIFY; this is only for what it misses. */
const POLL_MS = 1000
const POOL_SIZE = 12
const LOOK_EVERY_MS = 2
const QUIET = new Logger(() => () => undefined)
const BATCHED = { localQueue: { size: LOCAL_QUEUE }, completeJobBatchDelay: BATCH_DELAY_MS }

const ADD_MANY = `
  select count(*) from graphile_worker.add_jobs((
    select array_agg(row($1::text, $2::json, null, null, null, null, null, null)::graphile_worker.job_spec)
    from generate_series(1, $3::int)))`

interface Jobs {
  readonly name: string
  readonly how: Queue['how']
  readonly handler: (payload: unknown) => Promise<void>
  readonly concurrency?: number
}

export interface Graphile {
  readonly add: AddJobFunction
  stop(): Promise<void>
}

/** It asks for somebody who hears of errors of each connection. */
export const graphilePool = (databaseUrl: string): pg.Pool =>
  poolAt(databaseUrl, POOL_SIZE).on('connect', (client) => void client.on('error', () => undefined))

/** It makes its own schema. */
export async function makeGraphileTables(databaseUrl: string): Promise<void> {
  await runMigrations({ connectionString: databaseUrl, logger: QUIET })
}

/** A running worker of one kind of jobs. */
export async function graphileWorker(pool: pg.Pool, jobs: Jobs): Promise<Graphile> {
  const runner = await started(pool, jobs)
  return { add: runner.addJob, stop: () => runner.stop() }
}

function started(pool: pg.Pool, { name, how, handler, concurrency = CONCURRENCY }: Jobs) {
  return run({
    ...{ pgPool: pool, concurrency, pollInterval: POLL_MS, noHandleSignals: true, logger: QUIET },
    taskList: { [name]: handler },
    preset: { worker: how === 'batched' ? BATCHED : {} },
  })
}

/** Its workers are started on a queue that is full, so that the time of a drain begins with the first fetch. */
export function graphile(databaseUrl: string, how: Queue['how']): Queue {
  const pool = graphilePool(databaseUrl)
  const name = `bench ${how}`
  let runner: Runner | undefined
  return {
    ...{ name: 'graphile-worker', how },
    does: `durable; no capabilities, slots per agent, leases (a lock of 4 h), fences or records; rows of what is done are deleted; ${
      how === 'batched' ? `localQueue ${LOCAL_QUEUE}, completeJobBatchDelay ${BATCH_DELAY_MS} ms` : 'its defaults'
    }, concurrency ${CONCURRENCY}`,
    async fill(count) {
      await pool.query(ADD_MANY, [name, JSON.stringify(PAYLOAD), count])
    },
    async drain() {
      runner = await started(pool, { name, how, handler: async () => undefined })
      for (;;) {
        const { rows } = await pool.query('select 1 from graphile_worker._private_jobs limit 1')
        if (rows.length === 0) break
        await pause(LOOK_EVERY_MS)
      }
      void runner.stop()
    },
    async stop() {
      await runner?.stop().catch(() => undefined)
      await pool.end()
    },
  }
}
