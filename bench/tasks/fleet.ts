import type pg from 'pg'
import { idOf, laneOf } from '../../server/src/modules/assignment/lane.ts'
import { PAYLOAD } from './queue.ts'

/** Tasks of so many kinds; an agent takes two of them, so that there are as many different abilities. */
export const KINDS = 8
const SECOND_KIND = 3
const CHAIN = 'eip155:31337'
const ASSET = `${CHAIN}/slip44:60`
const TAGS = ['eu']

/** What a task of a kind says: every part of a capability is asked about. */
export const kindOf = (kind: number) => ({
  type: `bench.${kind % KINDS}`,
  requires: { provider: 'local' as const, chain: CHAIN, asset: ASSET, tags: TAGS },
})

const scopeOf = (agent: number) => ({
  taskTypes: [agent, agent + SECOND_KIND].map((kind) => `bench.${kind % KINDS}`),
  ...{ providers: ['local'], chains: [CHAIN], assets: [ASSET], tags: ['bench', ...TAGS] },
})

/** One process of one agent. */
export interface Member {
  readonly agentId: string
  readonly instanceId: string
}

/**
 * Straight into the tables, as an agent that was made, given its capability and activated stands there. `sample`: how many
 * processes there are, of agents from all over, and several of each when there are fewer agents.
 */
export async function addFleet(
  owner: pg.Pool,
  organizationId: string,
  { size, slots, sample }: { size: number; slots: number; sample: number },
): Promise<Member[]> {
  const scopes = Array.from({ length: KINDS }, (_, at) => scopeOf(at))
  const abilities = scopes.map((scope) => ({ id: abilityIdOf(scope), scope }))
  const values = [organizationId, JSON.stringify(abilities)]
  const ability = `insert into ability (organization_id, id, scope)
    select $1, (x->>'id')::uuid, x->'scope' from jsonb_array_elements($2::jsonb) x on conflict do nothing`
  await owner.query(ability, values)
  await owner.query(
    `insert into agent (organization_id, id, name, description, status, runtime, labels, max_concurrency, created_at, updated_at)
     select $1, uuidv7(), 'agent ' || i, 'Pays invoices of the bench', 'ACTIVE', 'REMOTE', '{bench,eu}', $3, now(), now()
     from generate_series(1, $2::int) as i`,
    [organizationId, size, slots],
  )
  const inOrder = `select id, row_number() over (order by id) - 1 as at from agent where organization_id = $1`
  await owner.query(
    `insert into capability (organization_id, agent_id, revision, authority_level, task_types, providers, chains, assets,
                             payees_allow, payees_deny, tags, created_by, created_at)
     select $1, a.id, 1, 'AUTONOMOUS', ${['taskTypes', 'providers', 'chains', 'assets'].map(listOf).join(', ')},
            '{*}', '{}', ${listOf('tags')}, 'bench', now()
     from (${inOrder}) a join jsonb_array_elements($2::jsonb) with ordinality as x (ability, nr) on nr - 1 = a.at % ${KINDS}`,
    values,
  )
  await owner.query(
    `insert into agent_seat (organization_id, agent_id, ability_id, runtime, is_open, max_in_use)
     select $1, a.id, (ability->>'id')::uuid, 'REMOTE', true, $3
     from (${inOrder}) a join jsonb_array_elements($2::jsonb) with ordinality as x (ability, nr) on nr - 1 = a.at % ${KINDS}`,
    [...values, slots],
  )
  const { rows } = await owner.query<Member>(
    `insert into agent_instance (organization_id, id, agent_id, labels, heartbeat_ms, suspect_after, down_after,
                                 started_at, last_seen_at, status_since)
     select $1, uuidv7(), id, '{}', 5000, 2, 4, now(), now() + interval '1 day', now()
     from (${inOrder}) a cross join generate_series(1, greatest(1, $3::int / $2::int))
     where a.at % greatest(1, $2::int / $3::int) = 0 limit $3
     returning id as "instanceId", agent_id as "agentId"`,
    [organizationId, size, sample],
  )
  return rows
}

/** Where waiting tasks stand, and whether anybody can take them. */
export interface Backlog {
  readonly count: number
  /** Instead of the kinds the fleet takes. */
  readonly type?: string
  /** How many fairness keys they are spread over. */
  readonly keys?: number
  /** Not before this time. */
  readonly inHours?: number
}

/** Waiting tasks, in the lanes in which submitting them one by one would have put them. */
export async function addBacklog(owner: pg.Pool, organizationId: string, backlog: Backlog): Promise<void> {
  const { count, type, keys = 1, inHours = 0 } = backlog
  const kinds = type === undefined ? KINDS : 1
  const lanes = Array.from({ length: kinds * keys }, (_, at) => {
    const { requires, type: ofKind } = kindOf(at)
    const fairnessKey = keys === 1 ? null : `key ${Math.floor(at / kinds)}`
    return { ...laneOf({ type: type ?? ofKind, requires, agentId: null, fairnessKey }), given: fairnessKey }
  })
  const listed = `jsonb_to_recordset($2::jsonb) as l (id uuid, type text, requires jsonb, "fairnessKey" text, given text, nr int)`
  const values = [organizationId, JSON.stringify(lanes.map((lane, nr) => ({ ...lane, nr })))]
  await owner.query(
    `insert into task (organization_id, id, type, payload, requires, status, priority, fairness_key, lane_id, max_attempts,
                       run_after, created_by, created_at, updated_at)
     select $1, uuidv7(), l.type, $4, l.requires, 'QUEUED', 0, l.given, case when $5::int = 0 then l.id end, 3,
            now() + $5::int * interval '1 hour', 'bench', now(), now()
     from generate_series(0, $3::int - 1) as i join ${listed} on l.nr = i % ${lanes.length}`,
    [...values, count, PAYLOAD, inHours],
  )
  await owner.query(
    `insert into task_lane (organization_id, id, type, requires, fairness_key, waiting_since)
     select $1, l.id, l.type, l.requires, l."fairnessKey", clock_timestamp() from ${listed}
     on conflict (organization_id, id) do update set waiting_since = excluded.waiting_since, reason = null`,
    values,
  )
  await owner.query(
    `insert into task_queue as q (organization_id, due_at) values ($1, clock_timestamp())
     on conflict (organization_id) do update set due_at = least(q.due_at, excluded.due_at)`,
    [organizationId],
  )
}

const listOf = (name: string): string => `array(select jsonb_array_elements_text(ability->'scope'->'${name}'))`

const abilityIdOf = (scope: ReturnType<typeof scopeOf>): string =>
  idOf(Object.fromEntries(Object.entries(scope).map(([name, list]) => [name, list.toSorted()])))
