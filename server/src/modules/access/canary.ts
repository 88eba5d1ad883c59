import type { ApiKeyRow } from '@wedi/database'
import { LRUCache } from 'lru-cache'
import type { DecisionService } from '#modules/decisions'
import { networkOf, PLACE } from '#platform/address'
import type { Database } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { Logger } from '#platform/log'
import { subjectOf } from './rules.ts'
import { accessStore } from './store.ts'

interface Needs {
  database: Database
  decisions: Pick<DecisionService, 'record'>
  events: Events
  log: Logger
}

/** The database holds every process to one alarm a minute; this only spares it the asking. */
const QUIET = { max: 10_000, ttl: 60_000 }

/** Raises an alarm for a canary that somebody tries, at most one a minute. The caller does not wait, and learns nothing. */
export function canaryAlarms({ database, decisions, events, log }: Needs) {
  const raised = new LRUCache<string, true>(QUIET)
  const running = new Set<Promise<void>>()

  async function raise(row: ApiKeyRow, address: string): Promise<void> {
    try {
      await database.inOrganization(row.organizationId, async (tx) => {
        if (!(await accessStore.noteCanary(tx, row.id))) return
        const { name, displayPrefix, agentId } = row
        await decisions.record(tx, 'system:access', {
          ...{ type: 'key.canaryUsed', subject: subjectOf(row), agentId },
          inputs: { name, displayPrefix, addressPrefix: networkOf(address, PLACE) },
        })
        await events.publish(tx, 'key.canaryUsed', row.id)
      })
      log.warn({ key: row.id, organizationId: row.organizationId }, 'somebody tried a canary key')
    } catch (err) {
      raised.delete(row.id)
      log.error({ err, key: row.id }, 'the use of a canary key could not be recorded')
    }
  }

  return {
    onCanary(row: ApiKeyRow, address: string): void {
      if (raised.has(row.id)) return
      raised.set(row.id, true)
      const work = raise(row, address)
      running.add(work)
      void work.finally(() => running.delete(work))
    },

    /** Waits for the alarms that are being raised. */
    settled: async (): Promise<void> => void (await Promise.all(running)),
  }
}
