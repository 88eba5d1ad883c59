import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { Requirements } from '../rules.ts'
import { FULL_KEYS } from './lanes.ts'

/** Why lanes wait whose agents have no free slot just now. */
const explainBusy = sql(
  'seats.explain',
  `with said as (
     select l.id, l.reason as before, case
       when not exists (select from agent_seat s
                        where s.organization_id = $1 and s.ability_id = any(l.abilities) and s.is_open) then $2
       when exists (select from agent_seat s
                    where s.organization_id = $1 and s.ability_id = any(l.abilities) and s.is_open and s.runtime = 'REMOTE'
                      and s.in_use < s.max_in_use) then $4 else $3 end as reason
     from task_lane l
     where l.organization_id = $1 and l.waiting_since is not null and cardinality(l.abilities) > 0 and l.agent_id is null
       and not exists (select from agent_seat s
                       where s.organization_id = $1 and s.ability_id = any(l.abilities) and s.is_open
                         and s.runtime = 'HOSTED' and s.in_use < s.max_in_use)
   ), held as (
     select l.id, said.reason from task_lane l join said on said.id = l.id
     where l.organization_id = $1 and l.waiting_since is not null and cardinality(l.abilities) > 0
       and said.before is distinct from said.reason
     for no key update of l skip locked
   )
   update task_lane l set reason = held.reason from held where l.organization_id = $1 and l.id = held.id`,
)

/** Lanes that are pinned to an agent that has changed say anew why they wait. */
const forgetReasons = sql(
  'lanes.forgetReasons',
  `with pinned as (
     select id from task_lane
     where organization_id = $1 and agent_id = any($2::uuid[]) and waiting_since is not null order by id for no key update
   )
   update task_lane l set reason = null from pinned where l.organization_id = $1 and l.id = pinned.id`,
)

/** Pinned lanes of which nobody has said yet why they wait, with their agent's slots. */
const unexplained = sql<Unexplained>(
  'lanes.unexplained',
  `select l.id, l.type, l.requires, l.agent_id as "agentId", coalesce(s.is_open, false) as "isOpen",
          coalesce(s.in_use < s.max_in_use, false) as "hasRoom", coalesce(s.runtime = 'REMOTE', false) as "isRemote"
   from task_lane l left join agent_seat s on s.organization_id = $1 and s.agent_id = l.agent_id
   where l.organization_id = $1 and l.waiting_since is not null and l.agent_id is not null and l.reason is null
   limit $2`,
)

/** Waits for nobody: who writes to a lane just now says that somebody has to look again. */
const explainAll = sql(
  'lanes.explain',
  `with waiting as (
     select l.id, x.reason from task_lane l join unnest($2::uuid[], $3::text[]) as x (id, reason) on x.id = l.id
     where l.organization_id = $1 and l.id = any($2) and l.reason is distinct from x.reason
     for no key update of l skip locked
   )
   update task_lane l set reason = w.reason from waiting w
   where l.organization_id = $1 and l.id = any($2) and l.id = w.id`,
)

const explainCapped = sql(
  'lanes.explainCapped',
  `with full_keys as materialized (${FULL_KEYS}), waiting as (
     select l.id from task_lane l
     where l.organization_id = $1 and l.waiting_since is not null and cardinality(l.abilities) > 0
       and l.fairness_key in (select key from full_keys) and l.reason is distinct from $2
     for no key update of l skip locked
   )
   update task_lane l set reason = $2 from waiting w where l.organization_id = $1 and l.id = w.id`,
)

const reasons = sql<{ id: string; reason: string | null }>(
  'lanes.reasons',
  'select id, reason from task_lane where organization_id = $1 and id = any($2::uuid[])',
)

export interface Unexplained {
  readonly id: string
  readonly type: string
  readonly requires: Requirements
  readonly agentId: string
  readonly isOpen: boolean
  readonly hasRoom: boolean
  readonly isRemote: boolean
}

/** Why tasks wait: written with their lane, once for all of them. */
export const reasonStore = {
  explainBusy: (
    database: Database,
    organizationId: string,
    words: { nobody: string; busy: string; unclaimed: string },
  ) => database.query(organizationId, explainBusy, [organizationId, words.nobody, words.busy, words.unclaimed]),
  forgetReasons: (tx: Tx, agentIds: readonly string[]): void => tx.send(forgetReasons, [tx.organizationId, agentIds]),
  unexplained: (tx: Tx, limit: number) => tx.query(unexplained, [tx.organizationId, limit]),
  explain: (tx: Tx, lanes: readonly { id: string; reason: string }[]): void =>
    tx.send(explainAll, [tx.organizationId, lanes.map(({ id }) => id), lanes.map(({ reason }) => reason)]),
  explainCapped: (tx: Tx, reason: string): void => tx.send(explainCapped, [tx.organizationId, reason]),
  ofLanes: (database: Database, organizationId: string, ids: readonly string[]) =>
    database.query(organizationId, reasons, [organizationId, ids]),
}
