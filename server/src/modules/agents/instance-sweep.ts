import { setTimeout as pause } from 'node:timers/promises'
import type { Database, Tx } from '#platform/database/database'
import { isUnavailable } from '#platform/database/errors'
import type { Logger } from '#platform/log'
import { instanceStore } from './instance-store.ts'
import type { Changed } from './instances.ts'

/** Organisations of one look, and instances of one transaction: what is left over is taken by the next. */
const MAX_ORGANIZATIONS = 100
const MAX_INSTANCES = 200
/** Looks between two heartbeats: so late at most is a lost one noticed. */
const LOOKS_PER_HEARTBEAT = 5

interface Needs {
  readonly database: Database
  readonly log: Logger
  readonly heartbeatMs: number
  readonly now: () => Date | null
  readonly lost: (tx: Tx, rows: readonly Changed[]) => void
  readonly changed: (tx: Tx, actor: string, act: string, row: Changed, inputs: Record<string, unknown>) => Promise<void>
}

/**
 * Finds, in any process, the instances that are not heard of any more. All times are the database's. While the database
 * or this process was away nobody could be heard: whoever lives then has two heartbeats to say so.
 */
export function sweeper({ database, log, heartbeatMs, now, changed, lost }: Needs) {
  const stopping = new AbortController()
  let looking: Promise<void> = Promise.resolve()

  async function expire(organizationId: string): Promise<number> {
    return database.inOrganization(organizationId, async (tx) => {
      const late = await instanceStore.expire(tx, now(), MAX_INSTANCES)
      for (const row of late) {
        const { lastSeenAt, status } = row
        const inputs = { lastSeenAt: lastSeenAt.toISOString(), heartbeatMs: row.heartbeatMs }
        await changed(tx, 'system:instances', status === 'DOWN' ? 'down' : 'suspect', row, inputs)
      }
      lost(
        tx,
        late.filter(({ status }) => status === 'DOWN'),
      )
      return late.length
    })
  }

  async function once(): Promise<number> {
    let moved = 0
    for (const { organizationId } of await instanceStore.overdue(database, now(), MAX_ORGANIZATIONS)) {
      moved += await expire(organizationId).catch((err) => passOver(organizationId, err))
    }
    return moved
  }

  /** What is wrong with one organisation holds up no other; without the database nobody's turn comes. */
  function passOver(organizationId: string, err: unknown): number {
    if (isUnavailable(err)) throw err
    log.error({ err, organizationId }, 'cannot expire the instances of an organisation')
    return 0
  }

  async function look(): Promise<void> {
    const everyMs = heartbeatMs / LOOKS_PER_HEARTBEAT
    const graceMs = 2 * heartbeatMs
    let begunAt = performance.now()
    let lookedAt = begunAt
    for (;;) {
      await pause(everyMs, undefined, { signal: stopping.signal, ref: false })
      const wasAway = performance.now() - lookedAt > graceMs
      lookedAt = performance.now()
      if (wasAway) begunAt = lookedAt
      if (lookedAt - begunAt < graceMs) continue
      await once().catch((err) => {
        begunAt = performance.now()
        log.warn({ err }, 'cannot look for instances that are not heard of')
      })
    }
  }

  return {
    once,
    start(): void {
      looking = look().catch(() => undefined) // aborted: it was stopped
    },
    async stop(): Promise<void> {
      stopping.abort()
      await looking
    },
  }
}
