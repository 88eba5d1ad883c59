import type { FeedEntry, LogFeed } from '#modules/decisions'
import type { Logger } from '#platform/log'

/** What other processes integrate is seen within this time; our own at once. */
const POLL_MS = 250
const PAGE = 500
/** The newest entries are kept for all who follow, over all organisations; who is further behind reads them again. */
const MAX_KEPT = 20_000
const MAX_KEPT_OF_ONE = 1000

interface Needs {
  readonly feed: Pick<LogFeed, 'size' | 'sizes' | 'page'>
  readonly log: Logger
}

/** What this process reads of one organisation's log, once for all who follow it here. */
interface Followed {
  /** The newest, in order, up to `next`. */
  kept: FeedEntry[]
  next: number
  followers: number
  reading: Promise<void> | undefined
  /** Those who look at something older take turns. */
  catchingUp: Promise<unknown>
  readonly waiting: Set<() => void>
}

/** One place in one organisation's log. */
export interface Follower {
  /** What comes from a place on, in order; empty when nothing came in time. */
  read(from: number, wait: { ms: number; signal: AbortSignal }): Promise<readonly FeedEntry[]>
  leave(): void
}

/** Reads logs for those who follow them: nothing is read twice for two, and nobody holds a connection while waiting. */
export class Followers {
  readonly #needs: Needs
  readonly #followed = new Map<string, Followed>()
  #poll: NodeJS.Timeout | undefined
  #isPolling = false

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** `size` is what the log has now. */
  follow(organizationId: string, size: number): Follower {
    const log = this.#followed.get(organizationId) ?? this.#open(organizationId, size)
    log.followers++
    let isGone = false
    return {
      read: (from, wait) => this.#read(organizationId, log, from, wait),
      leave: () => {
        if (isGone) return
        isGone = true
        log.followers--
        if (log.followers === 0) this.#followed.delete(organizationId)
        if (this.#followed.size === 0) this.#rest()
      },
    }
  }

  /** The log of an organisation has grown. Cheap: called after each integration. */
  wake(organizationId: string): void {
    const log = this.#followed.get(organizationId)
    if (log) void this.#advance(organizationId, log)
  }

  #open(organizationId: string, size: number): Followed {
    const log: Followed = {
      ...{ kept: [], next: size, followers: 0, reading: undefined },
      ...{ catchingUp: Promise.resolve(), waiting: new Set() },
    }
    this.#followed.set(organizationId, log)
    this.#poll ??= setInterval(() => void this.#lookAtSizes(), POLL_MS).unref()
    return log
  }

  #rest(): void {
    clearInterval(this.#poll)
    this.#poll = undefined
  }

  async #read(
    organizationId: string,
    log: Followed,
    from: number,
    { ms, signal }: { ms: number; signal: AbortSignal },
  ): Promise<readonly FeedEntry[]> {
    if (from >= log.next) await untilWoken(log.waiting, ms, signal)
    if (from >= log.next || signal.aborted) return []
    const oldest = log.kept[0]?.leafIndex ?? log.next
    if (from >= oldest) return log.kept.slice(from - oldest, from - oldest + PAGE)
    const turn = log.catchingUp.then(() => this.#needs.feed.page(organizationId, from, PAGE))
    log.catchingUp = turn.catch(() => {})
    return turn
  }

  /** Reads on to the end of the log; a second call while one runs is heard by that one. */
  async #advance(organizationId: string, log: Followed): Promise<void> {
    if (log.reading) await log.reading
    log.reading ??= this.#readOn(organizationId, log).finally(() => {
      log.reading = undefined
    })
    await log.reading
  }

  async #readOn(organizationId: string, log: Followed): Promise<void> {
    try {
      for (let count = PAGE; count === PAGE && log.followers > 0; ) {
        const page = await this.#needs.feed.page(organizationId, log.next, PAGE)
        count = page.length
        this.#keep(log, page)
      }
    } catch (err) {
      this.#needs.log.warn({ err, organizationId }, 'cannot read what is new in a log, will retry')
    }
  }

  #keep(log: Followed, page: readonly FeedEntry[]): void {
    const last = page.at(-1)
    if (!last) return
    const room = Math.min(MAX_KEPT_OF_ONE, Math.ceil(MAX_KEPT / this.#followed.size))
    log.kept = [...log.kept, ...page].slice(-room)
    log.next = last.leafIndex + 1
    for (const wake of log.waiting) wake()
  }

  async #lookAtSizes(): Promise<void> {
    if (this.#isPolling) return
    this.#isPolling = true
    try {
      const sizes = await this.#needs.feed.sizes([...this.#followed.keys()])
      for (const [id, log] of this.#followed) if ((sizes.get(id) ?? 0) > log.next) void this.#advance(id, log)
    } catch (err) {
      this.#needs.log.warn({ err }, 'cannot look whether logs have grown, will retry')
    } finally {
      this.#isPolling = false
    }
  }
}

function untilWoken(waiting: Set<() => void>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    waiting.add(done)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
    function done(): void {
      clearTimeout(timer)
      waiting.delete(done)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
