import type { Duplex } from 'node:stream'
import pg from 'pg'
import { rowTypes } from './row-types.ts'

/** Longer than any statement of ours; a request's own deadline is shorter. */
const STATEMENT_TIMEOUT_MS = 15_000
/** For a server that does not even say so: the connection is given up. */
const SILENCE_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 2_000
/** Who waits for a row this long would only make the queue behind it longer. */
const LOCK_TIMEOUT_MS = 5_000
/** A transaction waits for no one outside the database, so this only ends one whose process hangs. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 5_000
const IDLE_CONNECTION_TIMEOUT_MS = 30_000

/** Local to its transaction: it ends with the statement that follows it. */
const ENTER = { name: 'wedi.enter', text: "select set_config('app.org', $1, true)" }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * Errors that stay with a connection until it is replaced: a prepared statement that is gone (26000), one there twice
 * (42P05), one whose result a migration has changed (0A000).
 */
const STALE_CONNECTION_STATES = new Set(['26000', '42P05', '0A000'])

export interface PoolOptions {
  readonly connectionString: string
  /** The role every statement runs as, whoever logs in. It should own nothing. */
  readonly role?: string
  readonly max?: number
  readonly applicationName?: string
  /** The server closed a connection nobody used. The pool has already dropped it. */
  readonly onIdleError?: (error: Error) => void
}

export interface TenantPoolOptions extends PoolOptions {
  /** Changes each statement before it is sent. Only a test that proves row-level security has a use for it. */
  readonly rewrite?: (text: string) => string
}

/** With a name, the statement is prepared once per connection. `row` only carries the row's type. */
export interface TenantQuery<Row> {
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
  readonly row?: Row
  /** Instead of our own parsers: Prisma's adapter brings these two. */
  readonly types?: pg.CustomTypesConfig
  readonly rowMode?: 'array'
}

export interface TenantResult<Row> {
  readonly rows: Row[]
  readonly rowCount: number | null
  readonly fields: pg.FieldDef[]
}

/** One open transaction. Useless once it has ended: a forgotten promise cannot write into the next tenant's. */
export interface Transaction {
  query<Row>(query: TenantQuery<Row>): Promise<TenantResult<Row>>
  /** A statement whose answer nobody needs: it is on its way in its turn, and its error comes at the commit at the latest. */
  send(query: TenantQuery<unknown>): void
  /** As `send`; its rows are for after the commit, and to be awaited then. */
  later<Row>(query: TenantQuery<Row>): Promise<TenantResult<Row>>
}

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readonly access?: 'read write' | 'read only'
  /**
   * `once`: each statement has one plan, whatever its values are. Left to itself, PostgreSQL plans one with short arrays
   * anew each time, which takes longer than running it. Not for statements whose conditions may fall away by a value.
   */
  readonly plans?: 'by values' | 'once'
}

/** A plain pool with our roles, limits and types, for the few statements that belong to no organisation. */
export class PlatformPool extends pg.Pool {
  constructor(options: PoolOptions) {
    super(poolConfig(options))
    reportIdleErrors(this, options)
  }
}

/**
 * The pool that every tenant's statement goes through: none can be sent without saying whose it is. Row-level security
 * reads `app.org`, which is set in the same transaction as the statement and dies with it, so a connection carries
 * nothing from one tenant to the next.
 *
 * A single statement and its setting share one Sync of the wire protocol, so they cost one round trip. That leans on
 * the inside of pg 8.23.1 (see TenantStatement): pin it, and let tenancy.test.ts decide on the next version.
 */
export class TenantPool {
  readonly #pool: pg.Pool
  readonly #rewrite: (text: string) => string

  constructor({ rewrite = (text) => text, ...options }: TenantPoolOptions) {
    this.#rewrite = rewrite
    this.#pool = new pg.Pool({ ...poolConfig(options), pipeline: true, onConnect: prepareEnter })
    reportIdleErrors(this.#pool, options)
  }

  /** One statement in a transaction of its own, in one round trip. */
  async tenantQuery<Row>(organizationId: string, query: TenantQuery<Row>): Promise<TenantResult<Row>> {
    const tenant = uuid(organizationId)
    return this.#withConnection(async ({ client, discard }) => {
      try {
        const result = await send<Row>(client, tenant, this.#rewritten(query))
        if (client.getTransactionStatus() !== 'I') throw new Error('a single statement may not begin a transaction')
        return result
      } catch (error) {
        if (!isHealthyAfter(error)) discard()
        throw error
      }
    })
  }

  /**
   * Everything `work` asks of its transaction is committed together, or not at all. One round trip to begin, one to
   * commit. `work` may not end the transaction itself, and may not swallow the error of one of its statements.
   */
  async transaction<T>(
    organizationId: string,
    work: (transaction: Transaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const tenant = uuid(organizationId)
    return this.#withConnection(async ({ client, discard }) => {
      try {
        // On one connection answers come in order, so nothing is lost by not waiting for this one.
        gather(client)
        const begun = heard(client.query(beginAs(tenant, options)))
        return await this.#inTransaction(client, begun, work)
      } catch (error) {
        // Closing a connection rolls back, too, so the first error is the only one worth knowing.
        if (isStale(error) || !(await isRolledBack(client))) discard()
        throw error
      }
    })
  }

  /** For the metrics: how many connections there are, how many are free, and who waits for one. */
  get load(): { readonly total: number; readonly idle: number; readonly waiting: number } {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount }
  }

  end(): Promise<void> {
    return this.#pool.end()
  }

  async #inTransaction<T>(
    client: pg.PoolClient,
    begun: Promise<unknown>,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    let hasEnded = false
    let hasBegun = false
    const note = () => {
      hasBegun = true
    }
    begun.then(note, note)
    let unsent: { readonly error: unknown } | undefined
    const sent: Promise<unknown>[] = [begun]
    /** What cannot be written fails here, not on the connection, where the statements behind it are under way already. */
    const written = <Row>(asked: TenantQuery<Row>) => {
      try {
        return this.#rewritten(asked)
      } catch (error) {
        unsent ??= { error }
        throw error
      }
    }
    const ask = async <Row>(statement: ReturnType<typeof written>): Promise<TenantResult<Row>> => {
      if (hasEnded) throw new Error('the transaction has ended')
      gather(client)
      // pg types a row as a record of any; the caller's statement says what it is.
      const { rows, rowCount, fields } = await client.query({ ...statement, ...oneStatement })
      return { rows: rows as Row[], rowCount, fields }
    }
    const query = async <Row>(asked: TenantQuery<Row>): Promise<TenantResult<Row>> => ask<Row>(written(asked))
    const later = <Row>(asked: TenantQuery<Row>): Promise<TenantResult<Row>> => {
      if (ENDS_A_TRANSACTION.test(asked.text)) throw new Error('a transaction ends with its work')
      const answer = heard(ask<Row>(written(asked)))
      sent.push(answer)
      return answer
    }
    const send = (asked: TenantQuery<unknown>): void => void later(asked)
    try {
      const result = await work({ query, send, later })
      if (unsent) throw unsent.error
      // Does not wait for what was sent: when any of it failed, PostgreSQL rolls back instead.
      await Promise.all([...sent, commit(client, hasBegun)])
      return result
    } catch (error) {
      // Whatever follows a failed statement only says that the transaction is aborted.
      throw (await firstFailure(sent)) ?? error
    } finally {
      hasEnded = true
    }
  }

  #rewritten<Row>({ row: _, values = [], ...query }: TenantQuery<Row>) {
    return { ...query, values: values.map(prepared), text: this.#rewrite(query.text) }
  }

  /** Gives the connection back, or closes it when it broke or `use` is not sure that it can serve another tenant. */
  async #withConnection<T>(use: (lease: { client: pg.PoolClient; discard: () => void }) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let isDiscarded = false
    const discard = (): void => {
      isDiscarded = true
    }
    // A connection that breaks says so twice: to the statement, which throws, and here, where nobody else listens.
    client.on('error', discard)
    try {
      return await use({ client, discard })
    } finally {
      client.off('error', discard)
      client.release(isDiscarded)
    }
  }
}

/** Without a listener, a connection the server closes while idle would end the process. */
function reportIdleErrors(pool: pg.Pool, { onIdleError }: PoolOptions): void {
  // `end` returns before the last connections are gone, and the server may be quicker to close them: nobody's loss.
  pool.on('error', (error) => void (pool.ending || onIdleError?.(error)))
}

function poolConfig({ connectionString, role, max = 10, applicationName = 'wedi' }: PoolOptions): pg.PoolConfig {
  return {
    connectionString,
    max,
    application_name: applicationName,
    types: rowTypes,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_CONNECTION_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: SILENCE_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    ...(role === undefined ? {} : { options: `-c role=${identifier(role)}` }),
  }
}

/** Prepared alone and first, so that TenantStatement only binds it and pg's book of statements stays right. */
async function prepareEnter(client: pg.ClientBase): Promise<void> {
  await client.query({ ...ENTER, values: [''] })
}

function beginAs(tenant: string, options: TransactionOptions): string {
  const { isolation = 'read committed', access = 'read write', plans = 'by values' } = options
  const begin = `begin isolation level ${isolation} ${access}; select set_config('app.org', '${tenant}', true)`
  return plans === 'once' ? `${begin}, set_config('plan_cache_mode', 'force_generic_plan', true)` : begin
}

/** Documents as JSON, which fails for what has none (a bigint inside, a circle); the driver writes the rest without fail. */
function prepared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prepared)
  const isDocument =
    typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof Date)
  return isDocument ? JSON.stringify(value) : value
}

/** A promise that is waited for later, and whose failure is not news before that. */
export function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined)
  return promise
}

async function firstFailure(promises: Promise<unknown>[]): Promise<unknown> {
  const settled = await Promise.allSettled(promises)
  return settled.find((each) => each.status === 'rejected')?.reason
}

const ENDS_A_TRANSACTION = /^\s*(commit|end|rollback|abort|prepare)\b/i

/** Statements that are asked for in the same turn of the event loop leave in one packet. */
function gather(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Duplex } }).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork())
}

/** Before its begin is answered nothing can have ended it: what only sends is one round trip. */
async function commit(client: pg.PoolClient, hasBegun: boolean): Promise<void> {
  if (hasBegun && client.getTransactionStatus() === 'I') throw new Error('the transaction was ended from inside')
  gather(client)
  const { command } = await client.query('commit')
  // PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, and no error.
  if (command !== 'COMMIT') throw new Error('a statement of the transaction failed and its error was swallowed')
}

async function isRolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback')
    return client.getTransactionStatus() === 'I'
  } catch {
    return false
  }
}

/** The extended protocol takes one statement only: what is smuggled in behind a semicolon is refused. */
const oneStatement = { queryMode: 'extended' }

/** An error of level ERROR leaves the session as it was. Anything else (FATAL, a broken socket, a bug of ours) may not. */
function isHealthyAfter(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === 'ERROR' && !isStale(error)
}

function isStale(error: unknown): boolean {
  return error instanceof pg.DatabaseError && STALE_CONNECTION_STATES.has(error.code ?? '')
}

function uuid(organizationId: string): string {
  if (typeof organizationId !== 'string' || !UUID.test(organizationId)) {
    throw new TypeError('a statement needs the id of its organisation')
  }
  return organizationId
}

function identifier(role: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(role)) throw new TypeError(`${role} is not the name of a role`)
  return role
}

/** The messages of pg 8.23.1 that TenantStatement sends and receives. */
interface Wire {
  bind(message: { portal: string; statement: string; values: string[]; valueMapper: (value: string) => string }): void
  execute(message: { portal: string; rows: number }): void
}

interface WireQuery extends pg.Submittable {
  requiresPreparation(): boolean
  prepare(wire: Wire): void
  handleDataRow(message: unknown): void
  handleCommandComplete(message: unknown, wire: Wire): void
}

type DriverQuery = pg.QueryConfig & { readonly rowMode?: 'array' }
type Settle<Row> = (error: Error | null, result: TenantResult<Row>) => void

// @types/pg describes none of what a query does with the protocol; this is the part that is used below.
const WireQuery = pg.Query as unknown as new <Row>(query: DriverQuery, settle: Settle<Row>) => WireQuery

/**
 * A statement with the setting of its tenant in front: Bind and Execute of ENTER, then what pg sends for the statement,
 * then the one Sync. Both are in one implicit transaction, and the answer to ENTER is skipped.
 */
class TenantStatement<Row> extends WireQuery<Row> {
  readonly #tenant: string
  #hasEntered = false

  constructor(tenant: string, query: DriverQuery, settle: Settle<Row>) {
    super(query, settle)
    this.#tenant = tenant
  }

  override requiresPreparation(): boolean {
    return true
  }

  override prepare(wire: Wire): void {
    wire.bind({ portal: '', statement: ENTER.name, values: [this.#tenant], valueMapper: (value) => value })
    wire.execute({ portal: '', rows: 0 })
    super.prepare(wire)
  }

  override handleDataRow(message: unknown): void {
    if (this.#hasEntered) super.handleDataRow(message)
  }

  override handleCommandComplete(message: unknown, wire: Wire): void {
    if (this.#hasEntered) super.handleCommandComplete(message, wire)
    this.#hasEntered = true
  }
}

function send<Row>(client: pg.PoolClient, tenant: string, query: DriverQuery): Promise<TenantResult<Row>> {
  return new Promise((resolve, reject) => {
    client.query(
      new TenantStatement<Row>(tenant, query, (error, result) => (error === null ? resolve(result) : reject(error))),
    )
  })
}
