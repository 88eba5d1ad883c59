import type { Logger } from '../log.ts'
import { isUnavailable } from './errors.ts'
import { createReader, type ReadClient, type Reader } from './prisma.ts'
import { type Statement, sql } from './statement.ts'
import { heard, PlatformPool, TenantPool, type Transaction, type TransactionOptions } from './tenant-pool.ts'

/** One transaction in one organisation. Row-level security sees only that organisation. */
export interface Tx {
  readonly organizationId: string
  /** When the transaction began, by the application's clock: one time for all its rows. */
  readonly now: Date
  query<Row>(statement: Statement<Row>, values: unknown[]): Promise<Row[]>
  /** A statement whose rows nobody needs, without waiting for it: when it fails, the transaction is not committed. */
  send(statement: Statement<unknown>, values: unknown[]): void
  /** As `send`; its rows are for after the commit, and to be awaited then. */
  later<Row>(statement: Statement<Row>, values: unknown[]): Promise<Row[]>
  /** Runs once the transaction is committed; never when it is not. */
  afterCommit(act: () => void): void
}

type Tenant = string | { readonly organizationId: string }
const idOf = (tenant: Tenant): string => (typeof tenant === 'string' ? tenant : tenant.organizationId)

export interface DatabaseOptions {
  readonly connectionString: string
  readonly clock: () => Date
  readonly log: Logger
  readonly maxConnections?: number
  /** Rewrites each statement before it is sent. Only a test that proves row-level security has a use for it. */
  readonly rewrite?: (text: string) => string
}

const PLATFORM_CONNECTIONS = 4
/** A database that takes longer to say anything at all is as good as gone. */
const REACHABLE_MS = 800

const enter = sql('database.enter', "select set_config('app.org', $1, true)")

/**
 * The only way to the database. Every statement runs as a role that owns nothing, in one organisation; the few that
 * cannot name an organisation yet (finding a key, taking jobs) run as another role that sees only what they need.
 */
export class Database {
  readonly #tenants: TenantPool
  readonly #platform: PlatformPool
  readonly #reader: Reader
  readonly #clock: () => Date

  constructor({ connectionString, clock, log, maxConnections = 20, rewrite }: DatabaseOptions) {
    const rewriting = rewrite === undefined ? {} : { rewrite }
    const onIdleError = (error: Error) =>
      log.warn(
        { code: (error as { code?: string }).code, reason: error.message },
        'an idle database connection was closed',
      )
    this.#tenants = new TenantPool({
      connectionString,
      role: 'wedi_app',
      max: maxConnections,
      onIdleError,
      ...rewriting,
    })
    this.#platform = new PlatformPool({
      connectionString,
      role: 'wedi_platform',
      max: PLATFORM_CONNECTIONS,
      onIdleError,
    })
    this.#reader = createReader(this.#tenants)
    this.#clock = clock
  }

  /** One statement in one round trip, in a transaction of its own. */
  async query<Row>(tenant: Tenant, statement: Statement<Row>, values: unknown[]): Promise<Row[]> {
    const { rows } = await this.#tenants.tenantQuery<Row>(idOf(tenant), {
      name: statement.name,
      text: statement.text,
      values,
    })
    return rows
  }

  /** Plain reads through Prisma. Writes are SQL: see docs/decisions. */
  read<T>(organizationId: string, find: (prisma: ReadClient) => Promise<T>): Promise<T> {
    return this.#reader.read(organizationId, find)
  }

  async inOrganization<T>(
    tenant: Tenant,
    act: (tx: Tx) => Promise<T>,
    options: Pick<TransactionOptions, 'plans'> = {},
  ): Promise<T> {
    const organizationId = idOf(tenant)
    const afterCommit: (() => void)[] = []
    const inTransaction = ({ query, send, later }: Transaction) =>
      act({
        organizationId,
        now: this.#clock(),
        query: async <Row>({ name, text }: Statement<Row>, values: unknown[]) =>
          (await query<Row>({ name, text, values })).rows,
        send: ({ name, text }, values) => send({ name, text, values }),
        later: <Row>({ name, text }: Statement<Row>, values: unknown[]) =>
          heard(later<Row>({ name, text, values }).then(({ rows }) => rows)),
        afterCommit: (run) => void afterCommit.push(run),
      })
    const result = await this.#tenants.transaction(organizationId, inTransaction, options)
    for (const run of afterCommit) run()
    return result
  }

  /** Makes a tenant's first rows, or its next admin key, in the transaction of the operator's call: all that touches two. */
  async inOtherOrganization<T>(tx: Tx, organizationId: string, act: (own: Tx) => Promise<T>): Promise<T> {
    await tx.query(enter, [organizationId])
    const result = await act({ ...tx, organizationId })
    await tx.query(enter, [tx.organizationId])
    return result
  }

  /** A statement that belongs to no organisation. Its role sees keys, jobs and organisations, and nothing else. */
  async platform<Row>(statement: Statement<Row>, values: unknown[]): Promise<Row[]> {
    const { rows } = await this.#platform.query({ name: statement.name, text: statement.text, values })
    return rows as Row[]
  }

  async isReachable(): Promise<boolean> {
    const silence = AbortSignal.timeout(REACHABLE_MS)
    const isSilent = new Promise<false>((resolve) => silence.addEventListener('abort', () => resolve(false)))
    try {
      return await Promise.race([this.#platform.query('select 1').then(() => true), isSilent])
    } catch (error) {
      if (isUnavailable(error)) return false
      throw error
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#tenants.end(), this.#platform.end()])
  }
}
