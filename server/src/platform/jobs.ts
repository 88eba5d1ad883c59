import { backoffMs } from './backoff.ts'
import type { Database, Tx } from './database/database.ts'
import { isUnavailable } from './database/errors.ts'
import { sql } from './database/statement.ts'
import { newId } from './ids.ts'
import type { Logger } from './log.ts'

const BATCH = 64
const MAX_RUNNING = 64
const POLL_MS = 250
/** Short, so that what a killed process held is soon done by another; renewed several times in it while it runs. */
const LEASE_SECONDS = 10
const RENEW_MS = 3000
const BACKOFF = { baseMs: 200, maxMs: 30_000 }
const LAST_ERROR_LENGTH = 500

export interface Job {
  readonly organizationId: string
  readonly kind: string
  readonly subject: string
  readonly payload: Record<string, unknown>
  readonly attempts: number
}

/** `done`, or how long to wait before the same job runs again. */
export type JobResult = 'done' | { readonly againInMs: number }
export type JobHandler = (job: Job) => Promise<JobResult>

interface Leased extends Job {
  readonly generation: number
}

/** One job per kind and subject (`run_at` holds milliseconds: rounded up, it would be due a moment too late): a second request brings it forward, and makes a running one run once more. */
const request = sql(
  'jobs.request',
  `insert into job (organization_id, kind, subject, payload, run_at, created_at)
   values ($1, $2, $3, $4, date_trunc('milliseconds', clock_timestamp()) + $5::int * interval '1 millisecond', now())
   on conflict (organization_id, kind, subject) do update
     set run_at = least(job.run_at, excluded.run_at), payload = excluded.payload, generation = job.generation + 1`,
)

/** Many of a kind at once, without payload; in one order, so that two who ask for the same do not wait for each other. */
const requestAll = sql(
  'jobs.requestAll',
  `insert into job (organization_id, kind, subject, payload, run_at, created_at)
   select $1, $2, subject, '{}', date_trunc('milliseconds', clock_timestamp()), now()
   from unnest($3::text[]) as subject order by subject
   on conflict (organization_id, kind, subject) do update
     set run_at = least(job.run_at, excluded.run_at), generation = job.generation + 1`,
)

/** Takes due jobs for this process; what a dead process held comes back when its lease ends. */
const lease = sql<Leased>(
  'jobs.lease',
  `update job set lease_token = $1, lease_until = clock_timestamp() + $3::int * interval '1 second',
                  attempts = attempts + 1
   where (organization_id, kind, subject) in (
     select organization_id, kind, subject from job
     where run_at <= clock_timestamp() and (lease_until is null or lease_until <= clock_timestamp())
     order by run_at limit $2 for update skip locked)
   returning organization_id as "organizationId", kind, subject, payload, attempts, generation`,
)

/** Keeps what runs here. A row that is locked just now is kept the next time: two that wait for each other would be worse. */
const renew = sql(
  'jobs.renew',
  `update job set lease_until = clock_timestamp() + $2::int * interval '1 second'
   where (organization_id, kind, subject) in (
     select organization_id, kind, subject from job
     where lease_token = any($1::uuid[]) and run_at <= clock_timestamp() for update skip locked)`,
)

const finish = sql(
  'jobs.finish',
  `delete from job where organization_id = $1 and kind = $2 and subject = $3 and lease_token = $4 and generation = $5`,
)

/** Gives a job back. Asked for again while it ran: at once; else after the pause. */
const giveBack = sql(
  'jobs.giveBack',
  `update job set lease_token = null, lease_until = null, last_error = $7,
                  attempts = case when $7::text is null then 0 else attempts end,
                  run_at = case when generation = $5 then date_trunc('milliseconds', clock_timestamp()) + $6::int * interval '1 millisecond'
                                else date_trunc('milliseconds', clock_timestamp()) end
   where organization_id = $1 and kind = $2 and subject = $3 and lease_token = $4`,
)

/**
 * Work that follows from a commit. It is requested in the transaction it follows from, done by any process, at least
 * once: handlers look at the state and do what is left to do.
 */
export class Jobs {
  readonly #database: Database
  readonly #log: Logger
  readonly #handlers = new Map<string, JobHandler>()
  /** By the token of its lease. */
  readonly #running = new Map<Promise<void>, string>()
  #renewal: NodeJS.Timeout | undefined
  #stopped = true
  #wake: () => void = () => {}
  #isWoken = false
  #loop: Promise<void> = Promise.resolve()

  constructor(database: Database, log: Logger) {
    this.#database = database
    this.#log = log
  }

  /** Says who does jobs of a kind. Before `start`. */
  handle(kind: string, handler: JobHandler): void {
    if (this.#handlers.has(kind)) throw new Error(`two handlers for jobs of kind ${kind}`)
    this.#handlers.set(kind, handler)
  }

  async request(
    tx: Tx,
    kind: string,
    subject: string,
    options: { payload?: Record<string, unknown>; inMs?: number } = {},
  ): Promise<void> {
    tx.send(request, [tx.organizationId, kind, subject, options.payload ?? {}, options.inMs ?? 0])
    tx.afterCommit(() => this.wake())
  }

  async requestAll(tx: Tx, kind: string, subjects: string[]): Promise<void> {
    if (subjects.length === 0) return
    tx.send(requestAll, [tx.organizationId, kind, subjects])
    tx.afterCommit(() => this.wake())
  }

  wake(): void {
    this.#isWoken = true
    this.#wake()
  }

  start(): void {
    this.#stopped = false
    this.#loop = this.#dispatch()
    this.#renewal = setInterval(() => void this.#renewLeases(), RENEW_MS)
  }

  /** Takes no more jobs and waits for those that run. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.wake()
    await this.#loop
    await Promise.all(this.#running.keys())
    clearInterval(this.#renewal)
  }

  async #dispatch(): Promise<void> {
    while (!this.#stopped) {
      this.#isWoken = false
      const taken = await this.#takeDue()
      if (taken === 0 || this.#running.size >= MAX_RUNNING) await this.#rest()
    }
  }

  async #takeDue(): Promise<number> {
    const room = Math.min(BATCH, MAX_RUNNING - this.#running.size)
    if (room <= 0) return 0
    const token = newId()
    try {
      const jobs = await this.#database.platform(lease, [token, room, LEASE_SECONDS])
      for (const job of jobs) this.#track(this.#run(job, token), token)
      return jobs.length
    } catch (error) {
      if (!this.#stopped) this.#log.warn({ err: error, isUnavailable: isUnavailable(error) }, 'cannot take jobs')
      return 0
    }
  }

  async #renewLeases(): Promise<void> {
    const tokens = [...new Set(this.#running.values())]
    if (tokens.length === 0) return
    try {
      await this.#database.platform(renew, [tokens, LEASE_SECONDS])
    } catch (error) {
      this.#log.warn({ err: error, isUnavailable: isUnavailable(error) }, 'cannot renew the leases of jobs')
    }
  }

  #track(work: Promise<void>, token: string): void {
    this.#running.set(work, token)
    void work.finally(() => {
      this.#running.delete(work)
      this.wake()
    })
  }

  async #run(job: Leased, token: string): Promise<void> {
    const id = [job.organizationId, job.kind, job.subject, token, job.generation]
    try {
      const handler = this.#handlers.get(job.kind)
      if (!handler) throw new Error(`nobody handles jobs of kind ${job.kind}`)
      const result = await handler(job)
      if (result !== 'done') await this.#database.platform(giveBack, [...id, result.againInMs, null])
      else {
        await this.#database.platform(finish, id)
        await this.#database.platform(giveBack, [...id, 0, null])
      }
    } catch (error) {
      await this.#failed(job, id, error)
    }
  }

  async #failed(job: Leased, id: unknown[], error: unknown): Promise<void> {
    this.#log.warn(
      { err: error, kind: job.kind, subject: job.subject, attempts: job.attempts },
      'job failed, will retry',
    )
    const text = String(error instanceof Error ? error.message : error).slice(0, LAST_ERROR_LENGTH)
    try {
      await this.#database.platform(giveBack, [...id, backoffMs(job.attempts, BACKOFF), text])
    } catch (unreachable) {
      this.#log.warn({ err: unreachable, kind: job.kind }, 'job not given back: its lease has to end first')
    }
  }

  /** Until woken, until the poll interval has passed, whichever is first. */
  #rest(): Promise<void> {
    if (this.#isWoken || this.#stopped) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(done, POLL_MS)
      this.#wake = done
      function done(): void {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
