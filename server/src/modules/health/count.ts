import { setTimeout as pause } from 'node:timers/promises'
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

  async function once(): Promise<void> {
    for (const { organizationId } of await sampleStore.waiting(database, momentOf(needs), MAX_ORGANIZATIONS)) {
      while ((await count(organizationId)) && !stopping.signal.aborted);
    }
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
