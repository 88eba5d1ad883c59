import type { AgentRuntime, AgentSeatRow, FairnessShareRow } from '@wedi/database'
import type { Database, Tx } from '#platform/database/database'
import { sql } from '#platform/database/statement'
import type { Scope, Seat } from '../rules.ts'

/** The least used seats of each ability, and those of the agents that are named, as long as they have a free slot. */
const free = sql<FreeSeat>(
  'seats.free',
  `with found as (
     select s.* from unnest($2::uuid[]) as fit (id) cross join lateral (
       select s.* from agent_seat s
       where s.organization_id = $1 and s.ability_id = fit.id and s.is_open and s.runtime = 'HOSTED' and s.in_use < s.max_in_use
       order by ((s.in_use + 1)::float8 / s.max_in_use) limit $4) s
     union
     select s.* from agent_seat s
     where s.organization_id = $1 and s.agent_id = any($3::uuid[]) and s.is_open and s.in_use < s.max_in_use
   )
   select f.agent_id as "agentId", f.ability_id as "abilityId", f.runtime, f.in_use as "inUse", f.max_in_use as "maxInUse",
          f.recent_failures as "recentFailures", a.scope
   from found f join ability a on a.organization_id = $1 and a.id = f.ability_id`,
)

/** Free slots of the agents that are named. */
const freeOf = sql<FreeSeat>(
  'seats.freeOf',
  `select s.agent_id as "agentId", s.ability_id as "abilityId", s.runtime, s.in_use as "inUse", s.max_in_use as "maxInUse",
          s.recent_failures as "recentFailures", a.scope
   from agent_seat s join ability a on a.organization_id = $1 and a.id = s.ability_id
   where s.organization_id = $1 and s.agent_id = any($2::uuid[]) and s.is_open and s.in_use < s.max_in_use`,
)

/** Agents that could take such a task, but for their slots or because they have to claim it. */
const others = sql<FreeSeat>(
  'seats.others',
  `select s.agent_id as "agentId", s.ability_id as "abilityId", s.runtime, s.in_use as "inUse", s.max_in_use as "maxInUse",
          s.recent_failures as "recentFailures", a.scope
   from agent_seat s join ability a on a.organization_id = $1 and a.id = s.ability_id
   where s.organization_id = $1 and s.ability_id = any($2::uuid[]) and s.is_open and s.agent_id <> all($3::uuid[]) limit $4`,
)

const abilities = sql<{ id: string; scope: Scope }>(
  'seats.abilities',
  'select id, scope from ability where organization_id = $1',
)

/** One row when it is new: then every lane has to be matched again. */
const addAbility = sql<{ id: string }>(
  'seats.addAbility',
  `insert into ability (organization_id, id, scope) values ($1, $2, $3) on conflict do nothing returning id`,
)

const newRevision = sql(
  'seats.newRevision',
  `insert into task_queue as q (organization_id, ability_revision, due_at) values ($1, 1, clock_timestamp())
   on conflict (organization_id) do update
     set ability_revision = q.ability_revision + 1, due_at = least(q.due_at, excluded.due_at)`,
)

/** What the agent may hold from now on. What it holds beyond that it may finish. */
const put = sql<Pick<AgentSeatRow, 'abilityId'>>(
  'seats.put',
  `with before as (select ability_id from agent_seat where organization_id = $1 and agent_id = $2)
   insert into agent_seat as s
     (organization_id, agent_id, ability_id, runtime, is_open, max_in_use, expires_at, recent_failures)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (organization_id, agent_id) do update
     set ability_id = excluded.ability_id, runtime = excluded.runtime, is_open = excluded.is_open,
         max_in_use = excluded.max_in_use, over = greatest(0, s.in_use - excluded.max_in_use),
         expires_at = excluded.expires_at, recent_failures = excluded.recent_failures
   returning (select ability_id from before) as "abilityId"`,
)

const dropAbility = sql(
  'seats.dropAbility',
  `delete from ability where organization_id = $1 and id = $2
     and not exists (select from agent_seat where organization_id = $1 and ability_id = $2)`,
)

const FAIR = `key, weight, max_running as "maxRunning"`
const shares = sql<Pick<FairnessShareRow, 'key' | 'weight' | 'maxRunning'>>(
  'fairness.shares',
  `select ${FAIR} from fairness_share where organization_id = $1 and is_set order by key`,
)

const unset = sql(
  'fairness.unset',
  `update fairness_share set weight = 1, max_running = null, is_set = false
   where organization_id = $1 and is_set and key <> all($2::text[])`,
)

const set = sql(
  'fairness.set',
  `insert into fairness_share (organization_id, key, weight, max_running, is_set)
   select $1::uuid, x.*, true from unnest($2::text[], $3::int[], $4::int[]) as x
   on conflict (organization_id, key) do update
     set weight = excluded.weight, max_running = excluded.max_running, is_set = true`,
)

/** Whose turn comes when, after some of their tasks were given out. */
const served = sql(
  'fairness.served',
  `insert into fairness_share (organization_id, key, turn)
   select $1::uuid, x.* from unnest($2::text[], $3::float8[]) as x
   on conflict (organization_id, key) do update set turn = excluded.turn`,
)

const inUseOf = sql<{ count: number }>(
  'seats.inUseOf',
  'select in_use as count from agent_seat where organization_id = $1 and agent_id = $2',
)

export type FreeSeat = Omit<Seat, 'breadth'> & { readonly runtime: AgentRuntime; readonly scope: Scope }
export type NewSeat = Omit<AgentSeatRow, 'organizationId' | 'inUse' | 'over'>
export type Share = Pick<FairnessShareRow, 'key' | 'weight' | 'maxRunning'>

export const seatStore = {
  free: (tx: Tx, abilityIds: readonly string[], agentIds: readonly string[], each: number) =>
    tx.query(free, [tx.organizationId, abilityIds, agentIds, each]),
  freeOf: (tx: Tx, agentIds: readonly string[]) => tx.query(freeOf, [tx.organizationId, agentIds]),
  others: (tx: Tx, abilityIds: readonly string[], { except, limit }: { except: readonly string[]; limit: number }) =>
    tx.query(others, [tx.organizationId, abilityIds, except, limit]),
  abilities: (tx: Tx) => tx.query(abilities, [tx.organizationId]),
  addAbility: async (tx: Tx, id: string, scope: Scope): Promise<boolean> =>
    (await tx.query(addAbility, [tx.organizationId, id, scope])).length === 1,
  newRevision: (tx: Tx): void => tx.send(newRevision, [tx.organizationId]),
  async put(tx: Tx, seat: NewSeat): Promise<string | null> {
    const { agentId, abilityId, runtime, isOpen, maxInUse, expiresAt, recentFailures } = seat
    const values = [agentId, abilityId, runtime, isOpen, maxInUse, expiresAt, recentFailures]
    return (await tx.query(put, [tx.organizationId, ...values]))[0]?.abilityId ?? null
  },
  dropAbility: (tx: Tx, id: string): void => tx.send(dropAbility, [tx.organizationId, id]),
  inUseOf: async (database: Database, organizationId: string, agentId: string) =>
    (await database.query(organizationId, inUseOf, [organizationId, agentId]))[0]?.count ?? 0,

  shares: (database: Database, organizationId: string) => database.query(organizationId, shares, [organizationId]),
  async setShares(tx: Tx, wanted: readonly Share[]): Promise<void> {
    const keys = wanted.map(({ key }) => key)
    await tx.query(unset, [tx.organizationId, keys])
    const columns = [wanted.map(({ weight }) => weight), wanted.map(({ maxRunning }) => maxRunning)]
    await tx.query(set, [tx.organizationId, keys, ...columns])
  },
  served: (tx: Tx, turns: ReadonlyMap<string, number>): void =>
    tx.send(served, [tx.organizationId, [...turns.keys()], [...turns.values()]]),
}
