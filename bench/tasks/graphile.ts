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

type Handler = (payload: unknown) => Promise<void>

export interface Graphile {
  readonly add: AddJobFunction
  stop(): Promise<void>
}

/** It makes its own schema. */
export async function makeGraphileTables(databaseUrl: string): Promise<void> {
  await runMigrations({ connectionString: databaseUrl, logger: QUIET })
}

/** A running worker of one kind of jobs. */
export async function graphileWorker(
  pool: pg.Pool,
  { name, how, handler }: { name: string; how: Queue['how']; handler: Handler },
): Promise<Graphile> {
  const runner = await started(pool, { name, how, handler })
  return { add: runner.addJob, stop: () => runner.stop() }
}

function started(pool: pg.Pool, { name, how, handler }: { name: string; how: Queue['how']; handler: Handler }) {
  return run({
    ...{ pgPool: pool, concurrency: CONCURRENCY, pollInterval: POLL_MS, noHandleSignals: true, logger: QUIET },
    taskList: { [name]: handler },
    preset: { worker: how === 'batched' ? BATCHED : {} },
  })
}

/** Its workers are started on a queue that is full, so that the time of a drain begins with the first fetch. */
export function graphile(databaseUrl: string, how: Queue['how']): Queue {
  const pool = poolAt(databaseUrl, POOL_SIZE)
  const name = `bench ${how}`
  let runner: Runner | undefined
  return {
    ...{ name: 'graphile-worker', how },
    does: `durable; no capabilities, slots per agent, leases (a lock of 4 h), fences or records; rows of what is done are deleted; ${
      how === 'batched' ? `localQueue ${LOCAL_QUEUE}, completeJobBatchDelay ${BATCH_DELAY_MS} ms` : 'its defaults'
    }, concurrency ${CONCURRENCY}`,
    async fill(count) {
      const text = `select count(graphile_worker.add_job($1, $2::json)) from generate_series(1, $3::int)`
      await pool.query(text, [name, JSON.stringify(PAYLOAD), count])
      await pool.query('vacuum analyze graphile_worker._private_jobs')
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
