import type { KeyActivityRow } from '@wedi/database'
import type { Database } from '#platform/database/database'
import { type RevocationAnswer, type Seen, safetyOf } from './rules.ts'
import { type Sum, usageStore } from './store.ts'

const SHOWN_DAYS = 30
const MAX_SUMS = 300
const MAX_CALLERS = 100
const DAY_MS = 24 * 3_600_000

/** What of a key's row counts here. */
export interface KeyRow {
  readonly organizationId: string
  readonly id: string
  readonly displayPrefix: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly revokedAt: Date | null
  readonly rotatedAt: Date | null
  readonly successorId: string | null
}

/** How a key was used in the last days. */
export async function usageOf(database: Database, { organizationId, id }: KeyRow, now: Date) {
  const since = new Date(now.getTime() - (SHOWN_DAYS - 1) * DAY_MS).toISOString().slice(0, 10)
  const rows = await usageStore.sums(database, { organizationId, keyId: id }, { since, limit: MAX_SUMS })
  const of = <Name extends 'day' | 'route' | 'addressPrefix'>(name: Name) =>
    rows.filter((row): row is Sum & Record<Name, string> => row[name] !== null)
  const seen = ({ uses, lastUsedAt }: Sum) => ({ uses, lastUsedAt: lastUsedAt.toISOString() })
  return {
    byDay: of('day').map((row) => ({ day: row.day, ...seen(row) })),
    byRoute: of('route').map((row) => ({ route: row.route, ...seen(row) })),
    byAddress: of('addressPrefix').map((row) => ({ addressPrefix: row.addressPrefix, ...seen(row) })),
  }
}

/** Who still calls with a key that another took the place of. */
export async function rotationOf(database: Database, old: KeyRow) {
  const { organizationId, id, rotatedAt, successorId, expiresAt } = old
  if (!rotatedAt) return null
  const key = { organizationId, keyId: id }
  const callers = await usageStore.callersSince(database, key, { since: rotatedAt, limit: MAX_CALLERS })
  return {
    ...{ oldKeyId: id, newKeyId: successorId, rotatedAt: rotatedAt.toISOString() },
    oldKeyEndsAt: (expiresAt ?? rotatedAt).toISOString(),
    oldKeyCallers: callers.map(({ lastUsedAt, ...caller }) => ({ ...caller, lastUsedAt: lastUsedAt.toISOString() })),
  }
}

export function safetyOfKey(key: KeyRow, now: Date, activities: ReadonlyMap<string, KeyActivityRow>): RevocationAnswer {
  const { id, createdAt, revokedAt, expiresAt, rotatedAt, successorId } = key
  return safetyOf({
    ...{ now, createdAt, rotatedAt },
    isInForce: revokedAt === null && (expiresAt === null || expiresAt > now),
    seen: seenIn(activities.get(id)),
    successorSeen: successorId === null ? undefined : seenIn(activities.get(successorId)),
  })
}

const seenIn = (row: KeyActivityRow | undefined): Seen | undefined =>
  row && { lastUsedAt: row.lastUsedAt, longestGapMs: Number(row.longestGapMs) }

export const lastUsedIn = (activities: ReadonlyMap<string, KeyActivityRow>, id: string): string | null =>
  activities.get(id)?.lastUsedAt.toISOString() ?? null
