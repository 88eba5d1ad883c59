import type { Database, Tx } from '#platform/database/database'
import { isUnavailable } from '#platform/database/errors'
import type { Logger } from '#platform/log'
import type { Head } from '../log-store.ts'
import { type Covering, operatorStore } from '../operator-store.ts'
import { leafHash } from '../tree/merkle.ts'
import { lastCovered } from './coverage.ts'
import { extendLog, type Memory, openLog } from './extend.ts'
import { type LogKeys, OPERATOR_LOG } from './keys.ts'
import { LogInconsistent } from './trust.ts'

/** One entry a second for each log that moved is enough to find a rewritten one. */
const COVER_MS = 1000
/** What another process left uncovered when it ended is found within this time. */
const SEARCH_MS = 60_000
const BATCH = 500
const NIL = '00000000-0000-0000-0000-000000000000'

interface Needs {
  readonly database: Database
  readonly keys: LogKeys
  readonly log: Logger
  /** In the transaction of each new head. */
  readonly onHead: (tx: Tx) => Promise<void>
}

/**
 * A tree over the heads of all organisations' logs, so that who keeps one line of it keeps a witness of each log: a log
 * that is rewritten does not fit the heads that were covered.
 */
export class OperatorLog {
  readonly #needs: Needs
  readonly #memory: Memory = new Map<string, Head>()
  readonly #uncovered = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #work: Promise<void> | undefined
  #nextSearch = 0
  #isStarted = false

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** The log of an organisation has a new head. */
  wake(organizationId: string): void {
    this.#uncovered.add(organizationId)
  }

  start(): void {
    this.#isStarted = true
    const turn = () => {
      this.#work ??= this.#turn().finally(() => {
        this.#work = undefined
      })
    }
    turn()
    this.#timer = setInterval(turn, COVER_MS)
  }

  async stop(): Promise<void> {
    this.#isStarted = false
    clearInterval(this.#timer)
    await this.#work
    await this.#quietly(() => this.#coverAll())
  }

  /** Never two at a time: a slow one is not overtaken by the next. */
  async #turn(): Promise<void> {
    if (performance.now() >= this.#nextSearch) {
      this.#nextSearch = performance.now() + SEARCH_MS
      await this.#quietly(() => this.#findUncovered())
    }
    await this.#quietly(() => this.#coverAll())
  }

  /** False when another process holds the tree: the same heads are tried again. */
  async cover(organizationIds: readonly string[]): Promise<boolean> {
    const { database, keys, onHead } = this.#needs
    const heads = await this.#trusted(organizationIds)
    let head: Head | undefined
    const isDone = await database.inOrganization(OPERATOR_LOG, async (tx) => {
      const log = await openLog(tx, keys, this.#memory, OPERATOR_LOG)
      if (!log) return false
      const places = await operatorStore.places(tx.query, OPERATOR_LOG, heads)
      const added = heads.filter(({ organizationId, size }) => !places.has(`${organizationId}/${size}`))
      if (added.length === 0) return true
      operatorStore.add(tx, OPERATOR_LOG, log.size, added)
      const leaves = added.map(({ note }) => leafHash(note))
      head = extendLog(tx, keys, log, leaves)
      await onHead(tx)
      return true
    })
    if (head) this.#memory.set(OPERATOR_LOG, head)
    return isDone
  }

  /** The newest heads of these logs, but for those that are not what was covered before. */
  async #trusted(organizationIds: readonly string[]): Promise<Covering[]> {
    const { database, keys, log } = this.#needs
    const covered = await lastCovered({ database, keys }, organizationIds)
    const heads = await operatorStore.newest(
      database,
      organizationIds.map((id) => ({ organizationId: id, size: covered.get(id)?.size ?? 0 })),
    )
    return heads.filter(({ organizationId, coveredNote }) => {
      const before = covered.get(organizationId)
      if (coveredNote === (before?.note ?? null)) return true
      const finding = `the checkpoint of size ${before?.size} was covered before and is not there now`
      log.error({ organizationId, finding }, 'ALARM: the decision log was changed')
      return false
    })
  }

  async #coverAll(): Promise<void> {
    const ids = [...this.#uncovered]
    for (let at = 0; at < ids.length; at += BATCH) {
      const batch = ids.slice(at, at + BATCH)
      for (const id of batch) this.#uncovered.delete(id)
      let isDone = false
      try {
        isDone = await this.cover(batch)
      } finally {
        if (!isDone) for (const id of batch) this.#uncovered.add(id)
      }
    }
  }

  /** What another process left uncovered when it ended. */
  async #findUncovered(): Promise<void> {
    const { database } = this.#needs
    for (let after = NIL; this.#isStarted; ) {
      const ids = await operatorStore.logs(database, after, BATCH)
      for (const id of ids) if (id !== OPERATOR_LOG) this.#uncovered.add(id)
      const last = ids.at(-1)
      if (last === undefined || ids.length < BATCH) return
      after = last
    }
  }

  async #quietly(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      const { log } = this.#needs
      if (error instanceof LogInconsistent)
        log.error({ finding: error.finding }, "ALARM: the operator's log was changed")
      else log.warn({ err: error, isUnavailable: isUnavailable(error) }, "cannot add to the operator's log")
    }
  }
}
