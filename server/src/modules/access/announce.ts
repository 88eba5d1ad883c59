import type { DecisionService } from '#modules/decisions'
import type { Database } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { JobResult, Jobs } from '#platform/jobs'
import { announcementsDue, EXPIRED, nextAnnouncementInMs, subjectOf } from './rules.ts'
import { accessStore } from './store.ts'

interface Needs {
  database: Database
  jobs: Jobs
  events: Events
  decisions: Pick<DecisionService, 'record'>
}

/** The kind of the job that announces a key's end; the migration that brought it made one for each key there was. */
export const ANNOUNCE = 'keys.expiry'
/** A pause is counted in milliseconds that fit 31 bits; and the clock may have been set meanwhile. */
const LONGEST_PAUSE_MS = 7 * 24 * 3_600_000

/**
 * Says that a key will end, and that it has, each once: the mark on the key's row and the record are one transaction.
 * What was missed while nothing ran is not said late: only the newest that is due.
 */
export function announceExpiry({ database, jobs, events, decisions }: Needs): void {
  jobs.handle(
    ANNOUNCE,
    async ({ organizationId, subject: id }): Promise<JobResult> =>
      database.inOrganization(organizationId, async (tx) => {
        const row = await accessStore.lock(tx, id)
        if (!row || row.revokedAt !== null || row.expiresAt === null) return 'done'
        const due = announcementsDue(row.expiresAt, tx.now)
        if (await accessStore.announce(tx, id, due)) {
          const type = due === EXPIRED ? 'key.expired' : 'key.expiring'
          await decisions.record(tx, 'system:access', {
            ...{ type, subject: subjectOf(row), agentId: row.agentId },
            inputs: { name: row.name, displayPrefix: row.displayPrefix, expiresAt: row.expiresAt.toISOString() },
          })
          await events.publish(tx, type, id)
        }
        const pauseMs = nextAnnouncementInMs(row.expiresAt, tx.now)
        return pauseMs === undefined ? 'done' : { againInMs: Math.min(pauseMs, LONGEST_PAUSE_MS) }
      }),
  )
}
