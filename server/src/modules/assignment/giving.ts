import type { TaskRow } from '@wedi/database'
import type { Tx } from '#platform/database/database'
import { DIVISION_BY_ZERO, sqlState } from '#platform/database/errors'
import type { Claim } from './claims.ts'
import { type AssignmentNeeds, aboutTask, SYSTEM } from './needs.ts'
import type { Plan } from './rules.ts'
import type { LaneHeads } from './store/lanes.ts'
import { type Placed, taskStore, type Waiting } from './store/tasks.ts'

/** What is given out, as its transaction leaves it. */
export interface Giving {
  /** Once it is committed. */
  readonly tasks: Promise<TaskRow[]>
  readonly claimOf: ReadonlyMap<string, Claim>
  /** Of what was placed, so many were canceled or just being changed: they are placed again if they wait. */
  readonly missed: number
}

export const NOTHING_GIVEN: Giving = { tasks: Promise.resolve([]), claimOf: new Map(), missed: 0 }

interface Known {
  readonly claims: readonly Claim[]
  readonly lanes: readonly LaneHeads[]
  /** Holds the tasks first and gives out those that it holds, for a round trip more: so it is not undone for one of them. */
  readonly isCareful: boolean
}

/** Writes what a round has planned: assignments, their records, and a word to who runs hosted agents. */
export function giving({ decisions, events }: Pick<AssignmentNeeds, 'decisions' | 'events'>) {
  const misses = new WeakSet<object>()

  /** Waits for no answer but a careful one: whether all was as it was seen is for the statement that assigns to say. */
  async function giveOut(tx: Tx, { placed }: Plan, { claims, lanes, isCareful }: Known): Promise<Giving> {
    if (placed.length === 0) return NOTHING_GIVEN
    const ids = placed.map(({ taskId }) => taskId)
    const seen: readonly Waiting[] = isCareful
      ? await taskStore.holdQueued(tx, ids)
      : lanes.flatMap(({ heads }) => heads)
    const heads = new Map(seen.map((head) => [head.id, head]))
    const claimOf = new Map<string, Claim>()
    const room = new Map(claims.map((claim) => [claim, claim.max]))
    const takes = placed.flatMap(({ taskId, agentId }): Placed[] => {
      const head = heads.get(taskId)
      if (!head) return []
      const { attempt, token } = head
      const claim = claims.find((each) => each.agentId === agentId && (room.get(each) ?? 0) > 0)
      if (claim) {
        room.set(claim, (room.get(claim) ?? 0) - 1)
        claimOf.set(taskId, claim)
      }
      const { instanceId = null, leaseSeconds = null } = claim ?? {}
      return [{ taskId, attempt, token, agentId, instanceId, leaseSeconds }]
    })
    const missed = placed.length - takes.length
    if (takes.length === 0) return { ...NOTHING_GIVEN, missed }
    const tasks = taskStore.assign(tx, takes)
    tasks.catch((error: unknown) => {
      if (error instanceof Error && sqlState(error) === DIVISION_BY_ZERO) misses.add(error)
    })
    await decisions.recordAll(tx, takes.map(givenTo))
    const hosted = takes.filter(({ taskId }) => !claimOf.has(taskId)).map(({ taskId }) => taskId)
    await events.publishAll(tx, 'task.assigned', hosted)
    return { tasks, claimOf, missed }
  }

  return {
    giveOut,
    /** The transaction was undone because a task that it gives out did not wait any more as it was seen. */
    isMiss: (error: unknown): boolean => typeof error === 'object' && error !== null && misses.has(error),
  }
}

function givenTo({ taskId, agentId, attempt, token }: Placed) {
  const inputs = { attempt: attempt + 1, fencingToken: String(BigInt(token) + 1n) }
  const about = aboutTask({ id: taskId, assignedAgentId: agentId })
  return { actor: SYSTEM, entry: { type: 'task.assigned', ...about, inputs } }
}
