import type { TaskRow } from '@wedi/database'
import type { Beat, TaskNews } from '#modules/agents'
import type { Caller } from '#platform/caller'
import { canonicalJson } from '#platform/canonical'
import { coalesce } from '#platform/coalesce'
import type { Tx } from '#platform/database/database'
import { Problem } from '#platform/problem'
import { toWire } from '#platform/wire'
import { type Ending, ending, HELD } from './ends.ts'
import type { AssignmentNeeds } from './needs.ts'
import { taskProblems } from './problems.ts'
import { retryOf } from './retry.ts'
import { leaseStore } from './store/leases.ts'
import type { TaskError } from './store/tasks.ts'

const MAX_BATCH = 128
const MAX_WAITING = 10_000

/** What an agent says of a task it has. The token says which assignment of it is meant. */
interface Word {
  readonly agentId: string
  readonly taskId: string
  readonly token: bigint
}
interface Finish extends Word {
  readonly end: { readonly result: object | null } | { readonly error: TaskError; readonly isRetryable: boolean }
}

/**
 * What remote agents say of their tasks. What comes while a batch is being written goes together with the next one, so
 * that many small words cost few commits; each is judged by itself.
 */
export function working(needs: AssignmentNeeds, wake: (organizationId: string) => void) {
  const { database } = needs
  const end = ending(needs)

  async function heartbeats(organizationId: string, words: readonly Word[]) {
    return database.inOrganization(organizationId, async (tx) => {
      const beats = await leaseStore.extend(tx, words)
      const extended = new Map(beats.map(({ id, expiresAt }) => [id, expiresAt]))
      const rows = extended.size < words.length ? await known(tx, words) : new Map<string, TaskRow>()
      return words.map((word) => newsOf(word, { until: extended.get(word.taskId), row: rows.get(word.taskId) }))
    })
  }

  async function finishes(organizationId: string, words: readonly Finish[]) {
    const results = await database.inOrganization(organizationId, async (tx) => {
      const held = await known(tx, words)
      const endings = words.flatMap((word): Ending[] => {
        const task = held.get(word.taskId)
        return isOwn(word, task) && !task.isParked && HELD.includes(task.status) ? [endingOf(word, task)] : []
      })
      // Of two that say something of one task in a batch the first one counts, as it would have alone.
      const first = [...new Map(endings.toReversed().map((each) => [each.task.id, each])).values()]
      const ended = new Map((await end(tx, first, { from: HELD })).map((row) => [row.id, row]))
      const now = ended.size < words.length ? await known(tx, words) : ended
      return words.map((word) => {
        const row = ended.get(word.taskId) ?? now.get(word.taskId)
        if (!row || !isSeen(word, held.get(word.taskId))) return refusalOf(row)
        return hasEndedSo(word, row) ? row : stale(row)
      })
    })
    wake(organizationId)
    return results
  }

  const beat = coalesce({ act: heartbeats, maxBatch: MAX_BATCH, maxWaiting: MAX_WAITING })
  const finish = coalesce({ act: finishes, maxBatch: MAX_BATCH, maxWaiting: MAX_WAITING })

  return {
    heartbeat: async ({ caller, ...said }: Said) => orThrow(await beat(caller.organizationId, wordOf(caller, said))),
    finish: async ({ caller, end, ...said }: Said & Pick<Finish, 'end'>) =>
      toWire(orThrow(await finish(caller.organizationId, { ...wordOf(caller, said), end }))),

    /** For instances: what became of the tasks that each heartbeat names. */
    async extendLeases(organizationId: string, beats: readonly Beat[]): Promise<TaskNews[]> {
      const words = beats.flatMap(({ agentId, tasks }) =>
        tasks.map(({ taskId, fencingToken }) => ({ agentId, taskId, token: BigInt(fencingToken) })),
      )
      if (words.length === 0) return beats.map(() => [])
      const held = await database.inOrganization(organizationId, (tx) => leaseStore.extend(tx, words))
      const until = new Map(held.map(({ id, expiresAt }) => [id, expiresAt]))
      return beats.map(({ tasks }) =>
        tasks.map(({ taskId }) => ({
          ...{ taskId, isHeld: until.has(taskId) },
          expiresAt: until.get(taskId)?.toISOString() ?? null,
        })),
      )
    },
  }
}

interface Said {
  readonly caller: Caller
  readonly taskId: string
  readonly token: bigint
}

/** Only an agent's own credential may say something of its tasks. */
function wordOf({ agentId }: Caller, { taskId, token }: Omit<Said, 'caller'>): Word {
  if (agentId === undefined) throw new Problem(taskProblems.notFound)
  return { agentId, taskId: taskId.toLowerCase(), token }
}

function newsOf(word: Word, { until, row }: { until: Date | undefined; row: TaskRow | undefined }) {
  if (until) {
    const lease = { fencingToken: String(word.token), expiresAt: until.toISOString() }
    return { lease, cancelRequested: false }
  }
  if (!isOwn(word, row)) return refusalOf(row)
  return isOver(row, word) ? { lease: null, cancelRequested: row.status === 'CANCELED' } : stale(row)
}

async function known(tx: Tx, words: readonly Word[]): Promise<Map<string, TaskRow>> {
  const rows = await leaseStore.readMany(tx, [...new Set(words.map(({ taskId }) => taskId))])
  return new Map(rows.map((row) => [row.id, row]))
}

function endingOf({ agentId, end, token }: Finish, task: TaskRow): Ending {
  const common = { task, actor: `agent:${agentId}`, token }
  if ('result' in end) return { ...common, to: 'SUCCEEDED', result: end.result, errorClass: null }
  return { ...common, errorClass: end.isRetryable ? 'CRASH' : 'REJECTED', ...retryOf(task, end.error, end.isRetryable) }
}

/** An agent has a say only in what it has, or had last. */
const isOwn = ({ agentId }: Word, row: TaskRow | undefined): row is TaskRow => row?.assignedAgentId === agentId

/** Nobody has a task that went back to the queue: who gave it back may ask again what came of it. */
const isSeen = (word: Word, row: TaskRow | undefined): boolean => row?.status === 'QUEUED' || isOwn(word, row)

/** The assignment is over, and it is this one that was the last. */
const isOver = (row: TaskRow, { token }: Word): boolean =>
  row.fencingToken === token && (row.isParked || row.status === 'CANCELED')

/** The task is as this word wants it: it was said before, and its answer may have been lost. */
function hasEndedSo({ token, end }: Finish, row: TaskRow): boolean {
  if (row.fencingToken !== token) return false
  if ('result' in end) return row.status === 'SUCCEEDED' && isSame(row.result, end.result)
  if (!['FAILED', 'DEAD', 'QUEUED'].includes(row.status) || row.error === null) return false
  const { code, detail } = row.error as TaskError
  return code === end.error.code && (row.status === 'DEAD' || detail === end.error.detail)
}

const isSame = (a: unknown, b: unknown): boolean => canonicalJson(a ?? null) === canonicalJson(b ?? null)

/** Also for a task that is somebody else's by now: who had it once should hear that it is over. */
const refusalOf = (row: TaskRow | undefined): Problem => (row ? stale(row) : new Problem(taskProblems.notFound))

function stale(row: TaskRow): Problem {
  const detail = row.isParked ? 'The task waits for a person to answer for its payment, and ends with it.' : undefined
  return new Problem(taskProblems.stale, detail === undefined ? {} : { detail })
}

function orThrow<T>(answer: T | Problem): T {
  if (answer instanceof Problem) throw answer
  return answer
}
