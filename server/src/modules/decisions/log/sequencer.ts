import { LRUCache } from 'lru-cache'
import type { Database, Tx } from '#platform/database/database'
import { isUnavailable } from '#platform/database/errors'
import type { Logger } from '#platform/log'
import { type Head, logStore } from '../log-store.ts'
import { lastCovered } from './coverage.ts'
import { extendLog, type Memory, openLog } from './extend.ts'
import type { LogKeys } from './keys.ts'
import { LogInconsistent } from './trust.ts'

/** How long the first of a batch waits for others: a fifth of what a signed place may take. */
const GATHER_MS = 100
const BATCH = 4096
/** Each holds a connection for some milliseconds, and requests want theirs. */
const MAX_RUNNING = 3
/** What a killed process left waiting is found within this time. */
const SWEEP_MS = 1000
const SWEEP_LIMIT = 10_000
const RETRY_MS = 500
/** A log that was changed behind our back stays as it is until a person has looked. */
const RETRY_CHANGED_MS = 30_000
const DRAIN_MS = 3000
const REMEMBERED = 10_000

type Result = 'done' | 'more' | 'taken'

interface Needs {
  readonly database: Database
  readonly keys: LogKeys
  readonly log: Logger
  /** In the transaction of each new head. */
  readonly onHead: (tx: Tx) => Promise<void>
}

/**
 * Brings decisions into their organisation's tree, in batches. Which decisions wait is written with each of them, so any
 * process can do it at any time; who holds the log's lock does. Places, tiles and the signed head are one transaction.
 */
export class Sequencer {
  readonly #needs: Needs
  readonly #memory: Memory = new LRUCache<string, Head>({ max: REMEMBERED })
  /** Where others may still come along, and those whose turn it is. */
  readonly #gathering = new Set<string>()
  readonly #waiting = new Set<string>()
  readonly #resting = new Map<string, NodeJS.Timeout>()
  readonly #running = new Set<Promise<void>>()
  #gathered: NodeJS.Timeout | undefined
  #sweeping: NodeJS.Timeout | undefined
  #sweep: Promise<void> | undefined
  #isStarted = false

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** There is something new in an organisation. Cheap: called after each commit. */
  wake(organizationId: string): void {
    if (!this.#isStarted || this.#resting.has(organizationId)) return
    this.#gathering.add(organizationId)
    this.#gathered ??= setTimeout(() => this.#endGathering(), GATHER_MS)
  }

  #endGathering(): void {
    clearTimeout(this.#gathered)
    this.#gathered = undefined
    for (const organizationId of this.#gathering) this.#waiting.add(organizationId)
    this.#gathering.clear()
    this.#pump()
  }

  start(): void {
    this.#isStarted = true
    const sweep = () => {
      this.#sweep ??= this.#findWaiting().finally(() => {
        this.#sweep = undefined
      })
    }
    sweep()
    this.#sweeping = setInterval(sweep, SWEEP_MS)
  }

  /** Integrates what waits here, for a moment at most: the next process finds the rest. */
  async stop(): Promise<void> {
    this.#isStarted = false
    clearInterval(this.#sweeping)
    for (const timer of this.#resting.values()) clearTimeout(timer)
    const deadline = performance.now() + DRAIN_MS
    this.#endGathering()
    while (this.#running.size > 0) {
      if (performance.now() > deadline) this.#waiting.clear()
      await Promise.all(this.#running)
    }
  }

  /** One batch of one organisation. */
  async integrate(organizationId: string): Promise<Result> {
    const { database, keys, onHead } = this.#needs
    await this.#recall(organizationId)
    let head: Head | undefined
    const result = await database.inOrganization(organizationId, async (tx): Promise<Result> => {
      const log = await openLog(tx, keys, this.#memory, organizationId)
      if (!log) return 'taken'
      const taken = await logStore.take(tx, organizationId, BATCH)
      if (taken.length === 0) return 'done'
      const leaves = taken.map(({ leafHash }) => leafHash)
      const ids = taken.map(({ decisionId }) => decisionId)
      logStore.addEntries(tx, organizationId, log.size, ids)
      head = extendLog(tx, keys, log, leaves)
      await onHead(tx)
      return taken.length === BATCH ? 'more' : 'done'
    })
    if (head) this.#memory.set(organizationId, head)
    return result
  }

  /** A process that has not seen a log yet knows how far it was from the operator's tree. */
  async #recall(organizationId: string): Promise<void> {
    if (this.#memory.get(organizationId)) return
    const covered = (await lastCovered(this.#needs, [organizationId])).get(organizationId)
    if (covered) this.#memory.set(organizationId, covered)
  }

  #pump(): void {
    for (const organizationId of this.#waiting) {
      if (this.#running.size >= MAX_RUNNING) return
      this.#waiting.delete(organizationId)
      const work = this.#attend(organizationId).finally(() => {
        this.#running.delete(work)
        this.#pump()
      })
      this.#running.add(work)
    }
  }

  async #attend(organizationId: string): Promise<void> {
    try {
      const result = await this.integrate(organizationId)
      if (result === 'more') this.#waiting.add(organizationId)
      // Whoever has it may have looked before our rows were there.
      else if (result === 'taken') this.wake(organizationId)
    } catch (error) {
      this.#rest(organizationId, error)
    }
  }

  #rest(organizationId: string, error: unknown): void {
    const isChanged = error instanceof LogInconsistent
    const { log } = this.#needs
    if (isChanged) log.error({ organizationId, finding: error.finding }, 'ALARM: the decision log was changed')
    else log.warn({ err: error, organizationId, isUnavailable: isUnavailable(error) }, 'cannot integrate decisions')
    if (!this.#isStarted) return
    const again = () => {
      this.#resting.delete(organizationId)
      this.wake(organizationId)
    }
    this.#resting.set(organizationId, setTimeout(again, isChanged ? RETRY_CHANGED_MS : RETRY_MS))
  }

  async #findWaiting(): Promise<void> {
    const { database, log } = this.#needs
    try {
      for (const organizationId of await logStore.waiting(database, SWEEP_LIMIT)) this.wake(organizationId)
    } catch (error) {
      if (this.#isStarted) log.warn({ err: error, isUnavailable: isUnavailable(error) }, 'cannot look for decisions')
    }
  }
}
