import { backoffMs } from './backoff.ts'
import type { Database, Tx } from './database/database.ts'
import { isUnavailable } from './database/errors.ts'
import { sql } from './database/statement.ts'
import { newId } from './ids.ts'
import type { Logger } from './log.ts'
import { wordsOf } from './words.ts'

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

type Key = Pick<Job, 'organizationId' | 'kind' | 'subject'>

/** How a run of a job ended; no pause when there is nothing left to do. */
interface End {
  readonly job: Leased
  readonly token: string
  readonly pauseMs: number | null
  readonly error: string | null
}

const keyOf = ({ organizationId, kind, subject }: Key): string => `${organizationId} ${kind} ${subject}`

const valuesOf = ({ job, token, pauseMs, error }: End): unknown[] => [
  job.organizationId,
  job.kind,
  job.subject,
  token,
  job.generation,
  pauseMs,
  error,
]

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

/** Makes those that are missing; one that is there keeps its time. */
const ensure = sql(
  'jobs.ensure',
  `insert into job (organization_id, kind, subject, payload, run_at, created_at)
   select $1, $2, subject, '{}', date_trunc('milliseconds', clock_timestamp()), now()
   from unnest($3::text[]) as subject order by subject
   on conflict (organization_id, kind, subject) do nothing`,
)

const DUE = 'run_at <= clock_timestamp() and (lease_until is null or lease_until <= clock_timestamp())'

/**
 * Takes due jobs for this process; what a dead process held comes back when its lease ends. Of kinds that may not take
 * every place ($4), as many as have room ($5).
 */
const lease = sql<Leased>(
  'jobs.lease',
  `with free as (
     select organization_id, kind, subject from job
     where ${DUE} and kind <> all($4::text[]) order by run_at limit $2 for update skip locked
   ), capped as (
     select j.* from unnest($4::text[], $5::int[]) as k (kind, room) cross join lateral (
       select organization_id, kind, subject from job
       where ${DUE} and kind = k.kind order by run_at limit k.room for update skip locked) j
   )
   update job set lease_token = $1, lease_until = clock_timestamp() + $3::int * interval '1 second',
                  attempts = attempts + 1
   where (organization_id, kind, subject) in (table free union all table capped)
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

/**
 * Ends jobs (no pause), or gives them back for later. One that was asked for again while it ran runs again at once. A row
 * that a transaction holds just now is left out: whoever waits with several rows in hand could wait in a circle.
 */
const settle = sql<Key>(
  'jobs.settle',
  `with said as (
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::int[], $6::int[], $7::text[])
       as s (organization_id, kind, subject, lease_token, generation, pause_ms, error)
   ), held as (
     select j.organization_id, j.kind, j.subject, s.pause_ms, s.error, j.generation = s.generation as is_last
     from job j join said s using (organization_id, kind, subject, lease_token) for update of j skip locked
   ), ended as (
     delete from job j using held h
     where (j.organization_id, j.kind, j.subject) = (h.organization_id, h.kind, h.subject) and h.is_last and h.pause_ms is null
   ), kept as (
     update job j
     set lease_token = null, lease_until = null, last_error = h.error,
         attempts = case when h.error is null then 0 else j.attempts end,
         run_at = date_trunc('milliseconds', clock_timestamp())
                  + case when h.is_last then h.pause_ms else 0 end * interval '1 millisecond'
     from held h
     where (j.organization_id, j.kind, j.subject) = (h.organization_id, h.kind, h.subject)
       and not (h.is_last and h.pause_ms is null)
   )
   select organization_id as "organizationId", kind, subject from held`,
)

/** The same for one job, which can wait for whoever holds it. */
const settleOne = sql(
  'jobs.settleOne',
  `with ended as (
     delete from job
     where organization_id = $1 and kind = $2 and subject = $3 and lease_token = $4 and generation = $5 and $6::int is null
     returning 1
   )
   update job
   set lease_token = null, lease_until = null, last_error = $7,
       attempts = case when $7::text is null then 0 else attempts end,
       run_at = date_trunc('milliseconds', clock_timestamp())
                + case when generation = $5 then coalesce($6::int, 0) else 0 end * interval '1 millisecond'
   where organization_id = $1 and kind = $2 and subject = $3 and lease_token = $4 and not exists (select from ended)`,
)

/**
 * Work that follows from a commit. It is requested in the transaction it follows from, done by any process, at least
 * once: handlers look at the state and do what is left to do.
 */
export class Jobs {
  readonly #database: Database
  readonly #log: Logger
  readonly #handlers = new Map<string, JobHandler>()
  /** Kinds that may not take every place, and how many they may. */
  readonly #caps = new Map<string, number>()
  readonly #running = new Map<Promise<void>, { readonly kind: string; readonly token: string }>()
  #renewal: NodeJS.Timeout | undefined
  #stopped = true
  #wake: () => void = () => {}
  #isWoken = false
  #loop: Promise<void> = Promise.resolve()
  readonly #ended: End[] = []
  #settling: Promise<void> | undefined

  constructor(database: Database, log: Logger) {
    this.#database = database
    this.#log = log
  }

  /** Says who does jobs of a kind. Before `start`. Those that wait for strangers get a cap, so that others find a place. */
  handle(kind: string, handler: JobHandler, { atMost }: { atMost?: number } = {}): void {
    if (this.#handlers.has(kind)) throw new Error(`two handlers for jobs of kind ${kind}`)
    this.#handlers.set(kind, handler)
    if (atMost !== undefined) this.#caps.set(kind, atMost)
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

  /** For jobs that should be there already: they are done now if they were lost, and when they are due if not. */
  async ensure(tx: Tx, kind: string, subjects: string[]): Promise<void> {
    if (subjects.length === 0) return
    tx.send(ensure, [tx.organizationId, kind, subjects])
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
      const caps = [...this.#caps.keys()]
      const rooms = caps.map((kind) => this.#roomOf(kind))
      const jobs = await this.#database.platform(lease, [token, room, LEASE_SECONDS, caps, rooms])
      for (const job of jobs) this.#track(this.#run(job, token), { kind: job.kind, token })
      return jobs.length
    } catch (error) {
      if (!this.#stopped) this.#log.warn({ err: error, isUnavailable: isUnavailable(error) }, 'cannot take jobs')
      return 0
    }
  }

  #roomOf(kind: string): number {
    const running = [...this.#running.values()].filter((each) => each.kind === kind).length
    return Math.max(0, (this.#caps.get(kind) ?? 0) - running)
  }

  async #renewLeases(): Promise<void> {
    const tokens = [...new Set([...this.#running.values()].map(({ token }) => token))]
    if (tokens.length === 0) return
    try {
      await this.#database.platform(renew, [tokens, LEASE_SECONDS])
    } catch (error) {
      this.#log.warn({ err: error, isUnavailable: isUnavailable(error) }, 'cannot renew the leases of jobs')
    }
  }

  #track(work: Promise<void>, of: { kind: string; token: string }): void {
    this.#running.set(work, of)
    void work.finally(() => {
      this.#running.delete(work)
      this.wake()
    })
  }

  async #run(job: Leased, token: string): Promise<void> {
    try {
      const handler = this.#handlers.get(job.kind)
      if (!handler) throw new Error(`nobody handles jobs of kind ${job.kind}`)
      const result = await handler(job)
      await this.#settle({ job, token, pauseMs: result === 'done' ? null : result.againInMs, error: null })
    } catch (error) {
      this.#log.warn(
        { err: error, kind: job.kind, subject: job.subject, attempts: job.attempts },
        'job failed, will retry',
      )
      const text = wordsOf(String(error instanceof Error ? error.message : error), LAST_ERROR_LENGTH)
      await this.#settle({ job, token, pauseMs: backoffMs(job.attempts, BACKOFF), error: text })
    }
  }

  /** Jobs that end while others are being written down go together with the next ones. */
  async #settle(end: End): Promise<void> {
    this.#ended.push(end)
    this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = undefined
    })
    await this.#settling
  }

  async #settleAll(): Promise<void> {
    await Promise.resolve() // what ends in the same turn goes together, too
    for (let ends = this.#ended.splice(0); ends.length > 0; ends = this.#ended.splice(0)) {
      try {
        await this.#writeEnds(ends)
      } catch (error) {
        const isGone = isUnavailable(error)
        this.#log.warn({ err: error, jobs: ends.length, isGone }, 'jobs not given back: their leases have to end first')
      }
    }
  }

  async #writeEnds(ends: readonly End[]): Promise<void> {
    const columns = ends.map(valuesOf)
    const held = await this.#database.platform(
      settle,
      valuesOf(ends[0] as End).map((_, i) => columns.map((each) => each[i])),
    )
    const isSettled = new Set(held.map(keyOf))
    for (const end of ends) {
      if (!isSettled.has(keyOf(end.job))) await this.#database.platform(settleOne, valuesOf(end))
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
