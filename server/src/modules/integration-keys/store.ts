import { columns, type KeyActivityRow } from '@wedi/database'
import type { Database } from '#platform/database/database'
import { sql } from '#platform/database/statement'

interface OfKey {
  readonly organizationId: string
  readonly keyId: string
}

/** How a key was used in a batch. */
export interface Activity extends OfKey {
  uses: number
  firstUsedAt: Date
  lastUsedAt: Date
  longestGapMs: number
}

/** The same, of one day, route and place. */
export interface Use extends OfKey {
  readonly day: string
  readonly route: string
  readonly addressPrefix: string
  uses: number
  lastUsedAt: Date
}

/**
 * A batch of uses of any organisations, in one statement. A gap reaches over batches; where several processes serve a
 * key it comes out too long rather than too short. In one order, so that two batches do not wait for each other.
 */
const add = sql(
  'integrationKeys.addUses',
  `with activity as (
     insert into key_activity as a (organization_id, key_id, uses, first_used_at, last_used_at, longest_gap_ms)
     select * from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::timestamptz[], $6::bigint[])
       as told (organization_id, key_id, uses, first_used_at, last_used_at, longest_gap_ms)
     order by organization_id, key_id
     on conflict (organization_id, key_id) do update
       set uses = a.uses + excluded.uses,
           first_used_at = least(a.first_used_at, excluded.first_used_at),
           last_used_at = greatest(a.last_used_at, excluded.last_used_at),
           longest_gap_ms = greatest(a.longest_gap_ms, excluded.longest_gap_ms,
             (extract(epoch from excluded.first_used_at - a.last_used_at) * 1000)::bigint)
   )
   insert into key_usage as u (organization_id, key_id, day, route, address_prefix, uses, last_used_at)
   select * from unnest($7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::bigint[], $13::timestamptz[])
     as told (organization_id, key_id, day, route, address_prefix, uses, last_used_at)
   order by organization_id, key_id, day, route, address_prefix
   on conflict (organization_id, key_id, day, route, address_prefix) do update
     set uses = u.uses + excluded.uses, last_used_at = greatest(u.last_used_at, excluded.last_used_at)`,
)

const activities = sql<KeyActivityRow>(
  'integrationKeys.activities',
  `select ${columns.keyActivity} from key_activity where organization_id = $1 and key_id = any($2::uuid[])`,
)

export interface Sum {
  readonly day: string | null
  readonly route: string | null
  readonly addressPrefix: string | null
  readonly uses: string
  readonly lastUsedAt: Date
}

/** Once by day, once by route, once by place: each row has one of the three. */
const sums = sql<Sum>(
  'integrationKeys.sums',
  `select day, route, address_prefix as "addressPrefix", sum(uses)::text as uses, max(last_used_at) as "lastUsedAt"
   from key_usage where organization_id = $1 and key_id = $2 and day >= $3
   group by grouping sets ((day), (route), (address_prefix)) order by max(last_used_at) desc limit $4`,
)

export interface CallerSeen {
  readonly addressPrefix: string
  readonly route: string
  readonly lastUsedAt: Date
}

const callersSince = sql<CallerSeen>(
  'integrationKeys.callersSince',
  `select address_prefix as "addressPrefix", route, max(last_used_at) as "lastUsedAt"
   from key_usage where organization_id = $1 and key_id = $2 and last_used_at > $3
   group by address_prefix, route order by max(last_used_at) desc limit $4`,
)

const forget = sql('integrationKeys.forgetUses', 'delete from key_usage where day < $1')

const columnsOf = <Row>(rows: readonly Row[], ...names: (keyof Row)[]): unknown[][] =>
  names.map((name) => rows.map((row) => row[name]))

export const usageStore = {
  async add(database: Database, told: readonly Activity[], uses: readonly Use[]): Promise<void> {
    await database.platform(add, [
      ...columnsOf(told, 'organizationId', 'keyId', 'uses', 'firstUsedAt', 'lastUsedAt', 'longestGapMs'),
      ...columnsOf(uses, 'organizationId', 'keyId', 'day', 'route', 'addressPrefix', 'uses', 'lastUsedAt'),
    ])
  },

  async activities(database: Database, organizationId: string, ids: string[]): Promise<Map<string, KeyActivityRow>> {
    if (ids.length === 0) return new Map()
    const rows = await database.query(organizationId, activities, [organizationId, ids])
    return new Map(rows.map((row) => [row.keyId, row]))
  },

  sums: (database: Database, { organizationId, keyId }: OfKey, { since, limit }: { since: string; limit: number }) =>
    database.query(organizationId, sums, [organizationId, keyId, since, limit]),

  callersSince: (
    database: Database,
    { organizationId, keyId }: OfKey,
    { since, limit }: { since: Date; limit: number },
  ) => database.query(organizationId, callersSince, [organizationId, keyId, since, limit]),

  forget: (database: Database, before: string) => database.platform(forget, [before]),
}
