import { networkOf, PLACE } from '#platform/address'
import type { Caller } from '#platform/caller'
import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database/database'
import type { Logger } from '#platform/log'
import { type Activity, type Use, usageStore } from './store.ts'

/** Uses are seen by others this much later. */
const FLUSH_MS = 3000
/** Callers of a batch that are told apart; those beyond are counted as coming from `elsewhere`. */
const MAX_USES = 20_000
const ELSEWHERE = 'elsewhere'

interface Needs {
  database: Database
  clock: Clock
  log: Logger
}

interface Batch {
  readonly activities: Map<string, Activity>
  readonly uses: Map<string, Use>
}

/**
 * Counts how integration keys are used, in memory: a request writes nothing. What was counted is written every few
 * seconds, in one statement for all keys of all organisations. A process that is killed loses its last batch; one whose
 * batch was committed without an answer counts it twice. Neither makes a key look quieter than it is for longer than that.
 */
export function usageCounter({ database, clock, log }: Needs) {
  let batch = emptyBatch()
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  async function write(): Promise<void> {
    const told = batch
    if (told.activities.size === 0) return
    batch = emptyBatch()
    try {
      await usageStore.add(database, [...told.activities.values()], [...told.uses.values()])
    } catch (err) {
      log.warn({ err, keys: told.activities.size }, 'the use of keys could not be written down, will retry')
      for (const activity of told.activities.values()) addActivity(batch, activity)
      for (const use of told.uses.values()) addUse(batch, use)
    }
  }

  /** Writes down what was counted so far; whoever comes meanwhile waits for his own. */
  function flush(): Promise<void> {
    writing = writing.then(write)
    return writing
  }

  return {
    flush,

    used({ organizationId, integrationKey }: Caller, { route, address }: { route: string; address: string }): void {
      if (!integrationKey) return
      const now = clock()
      const key = { organizationId, keyId: integrationKey.id }
      const addressPrefix = networkOf(address, PLACE)
      addActivity(batch, { ...key, uses: 1, firstUsedAt: now, lastUsedAt: now, longestGapMs: 0 })
      addUse(batch, { ...key, day: now.toISOString().slice(0, 10), route, addressPrefix, uses: 1, lastUsedAt: now })
    },

    start(): void {
      timer = setInterval(() => void flush(), FLUSH_MS).unref()
    },

    async stop(): Promise<void> {
      clearInterval(timer)
      await flush()
    },
  }
}

const emptyBatch = (): Batch => ({ activities: new Map(), uses: new Map() })

function addActivity({ activities }: Batch, more: Activity): void {
  const known = activities.get(more.keyId)
  if (!known) return void activities.set(more.keyId, { ...more })
  const gapMs = more.firstUsedAt.getTime() - known.lastUsedAt.getTime()
  known.uses += more.uses
  known.longestGapMs = Math.max(known.longestGapMs, more.longestGapMs, gapMs)
  if (more.lastUsedAt > known.lastUsedAt) known.lastUsedAt = more.lastUsedAt
  if (more.firstUsedAt < known.firstUsedAt) known.firstUsedAt = more.firstUsedAt
}

function addUse({ uses }: Batch, more: Use): void {
  const nameOf = (addressPrefix: string) => [more.keyId, more.day, more.route, addressPrefix].join(' ')
  const isRoom = uses.size < MAX_USES || uses.has(nameOf(more.addressPrefix))
  const addressPrefix = isRoom ? more.addressPrefix : ELSEWHERE
  const known = uses.get(nameOf(addressPrefix))
  if (!known) return void uses.set(nameOf(addressPrefix), { ...more, addressPrefix })
  known.uses += more.uses
  if (more.lastUsedAt > known.lastUsedAt) known.lastUsedAt = more.lastUsedAt
}
