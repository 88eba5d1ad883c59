import { setTimeout as pause } from 'node:timers/promises'
import { isUnavailable } from '#platform/database/errors'
import { bucketStore } from './bucket-store.ts'
import { type HealthNeeds, type Judging, momentOf } from './needs.ts'
import { sampleStore } from './sample-store.ts'

/** How often a process asks whose agents have done something. */
const LOOK_MS = 1000
/** Of one transaction; what is left over is taken by the next. */
const MAX_ORGANIZATIONS = 100
const MAX_MARKS = 2000
const MAX_BUCKETS = 200

/**
 * Judges agents that did something, and counts what they did: in any process, one at a time in an organisation. A sample
 * that comes late makes its minute due again, and with it the hour and the day.
 */
export function counter(needs: HealthNeeds, assess: Judging) {
  const { database, log } = needs
  const stopping = new AbortController()
  let looking: Promise<void> = Promise.resolve()

  /** True when there may be more to do at once. */
  function count(organizationId: string): Promise<boolean> {
    return database.inOrganization(organizationId, async (tx) => {
      if (!(await sampleStore.lock(tx))) return false
      const now = momentOf(needs)
      const marked = await sampleStore.takeMarks(tx, now, MAX_MARKS)
      if (marked.length > 0) {
        await assess(
          tx,
          marked.map(({ agentId }) => agentId),
        )
      }
      const counted = [
        await bucketStore.countMinutes(tx, now, MAX_BUCKETS),
        await bucketStore.countHours(tx, now, MAX_BUCKETS),
        await bucketStore.countDays(tx, now, MAX_BUCKETS),
      ]
      return marked.reduce((sum, { marks }) => sum + marks, 0) === MAX_MARKS || counted.includes(MAX_BUCKETS)
    })
  }

  /** A pass each, so that nobody waits for all of another's; what is left over is done in the next round. */
  async function round(): Promise<boolean> {
    let hasMore = false
    for (const { organizationId } of await sampleStore.waiting(database, momentOf(needs), MAX_ORGANIZATIONS)) {
      const isLeft = await count(organizationId).catch((err) => passOver(organizationId, err))
      hasMore ||= isLeft
    }
    return hasMore
  }

  /** What is wrong with one organisation holds up no other; without the database nobody's turn comes. */
  function passOver(organizationId: string, err: unknown): boolean {
    if (isUnavailable(err)) throw err
    log.error({ err, organizationId }, 'cannot count what the agents of an organisation did')
    return false
  }

  async function once(): Promise<void> {
    while ((await round()) && !stopping.signal.aborted);
  }

  async function look(): Promise<void> {
    for (;;) {
      await pause(LOOK_MS, undefined, { signal: stopping.signal, ref: false })
      await once().catch((err) => log.warn({ err }, 'cannot count what agents did'))
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
