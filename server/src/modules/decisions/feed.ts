import type { Database } from '#platform/database/database'
import { idAt } from '#platform/ids'
import { type FeedEntry, feedStore } from './feed-store.ts'
import { logStore, readingOf } from './log-store.ts'

export type LogFeed = ReturnType<typeof logFeed>

/** The log in its order, for those who follow it: without a gap, from any place, as often as they like. */
export function logFeed(database: Database) {
  const size = async (organizationId: string): Promise<number> =>
    (await logStore.head(readingOf(database, organizationId), organizationId))?.size ?? 0

  return {
    size,
    sizes: (organizationIds: readonly string[]) => feedStore.sizes(database, organizationIds),

    page: (organizationId: string, from: number, limit: number): Promise<FeedEntry[]> =>
      feedStore.page(database, organizationId, from, limit),

    /** The entries at these places, in any order. */
    at: (organizationId: string, places: readonly bigint[]): Promise<FeedEntry[]> =>
      feedStore.at(database, organizationId, places),

    /** Where what happened since then begins; the end of the log when nothing did. */
    async placeAt(organizationId: string, time: Date): Promise<number> {
      const end = await size(organizationId)
      return (await feedStore.placeAt(database, organizationId, time, idAt(time.getTime()))) ?? end
    },
  }
}
