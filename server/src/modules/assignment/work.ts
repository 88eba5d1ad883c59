import type { TaskRow } from '@wedi/database'
import type { Beat, TaskNews } from '#modules/agents'
import type { Caller } from '#platform/caller'
import { canonicalJson } from '#platform/canonical'
import { coalesce } from '#platform/coalesce'
import type { Tx } from '#platform/database/database'
import { Problem } from '#platform/problem'
import { toWire } from '#platform/wire'
import { type Ending, ending, HELD } from './ends.ts'
import { leaving } from './leave.ts'
import type { AssignmentNeeds } from './needs.ts'
import { taskProblems } from './problems.ts'
import { retryOf } from './retry.ts'
import type { Scheduler } from './scheduler.ts'
import { leaseStore } from './store/leases.ts'
import { type TaskError, taskStore } from './store/tasks.ts'

const MAX_BATCH = 128
const MAX_WAITING = 10_000
const ONCE = { plans: 'once' } as const

/** What an agent says of a task it has. The token says which assignment of it is meant. */
interface Word {
  readonly agentId: string
  readonly taskId: string
  readonly token: bigint
}
interface Finish extends Word {
  readonly end: { readonly result: object | null } | { readonly error: TaskError; readonly isRetryable: boolean }
}

/** A word on a task whose payment decides, which is done in a transaction of its own. */
interface Leaving {
  readonly leaves: TaskRow
  readonly word: Finish
}

/**
 * What remote agents say of their tasks. What comes while a batch is being written goes together with the next one, so
 * that many small words cost few commits; each is judged by itself.
 */
export function working(needs: AssignmentNeeds, freed: Scheduler['freed']) {
  const { database } = needs
  const end = ending(needs)
  const leaveToPayment = leaving(needs)

  async function heartbeats(organizationId: string, words: readonly Word[]) {
    const act = async (tx: Tx) => {
      const beats = await leaseStore.extend(tx, words)
      const extended = new Map(beats.map((beat) => [keyOf(beat), beat.expiresAt]))
      const isAll = words.every((word) => extended.has(keyOf(word)))
      const rows = isAll ? new Map<string, TaskRow>() : mapped(await leaseStore.readMany(tx, idsOf(words)))
      return words.map((word) => newsOf(word, { until: extended.get(keyOf(word)), row: rows.get(word.taskId) }))
    }
    return database.inOrganization(organizationId, act, ONCE)
  }

  async function finishes(organizationId: string, words: readonly Finish[]): Promise<(TaskRow | Problem)[]> {
    const agentIds = words.map(({ agentId }) => agentId)
    const said = new Map<Finish, TaskRow | Problem>()
    try {
      for (const [word, row] of await complete(organizationId, words)) said.set(word, row)
      const left = words.filter((word) => !said.has(word))
      const answers =
        left.length === 0 ? [] : await database.inOrganization(organizationId, (tx) => finishIn(tx, left), ONCE)
      for (const [at, answer] of answers.entries()) {
        const isLeft = 'leaves' in answer
        const last = isLeft ? await database.inOrganization(organizationId, (tx) => giveUp(tx, answer)) : answer
        said.set(left[at] as Finish, last)
      }
    } finally {
      freed(organizationId, agentIds)
    }
    return words.map((word) => said.get(word) as TaskRow | Problem)
  }

  /** Tasks that are done, as nearly all are: in one statement that looks at nothing first. What it finds otherwise it leaves. */
  async function complete(organizationId: string, words: readonly Finish[]): Promise<Map<Finish, TaskRow>> {
    const first = new Map<string, Finish>()
    for (const word of words) if (!first.has(word.taskId)) first.set(word.taskId, word)
    const endings = [...first.values()].flatMap((word) => ('result' in word.end ? completionOf(word, word.end) : []))
    if (endings.length === 0) return new Map()
    const ended = await database.inOrganization(organizationId, (tx) => end(tx, endings, { from: HELD }), ONCE)
    return new Map(ended.map((row) => [first.get(row.id) as Finish, row]))
  }

  async function finishIn(tx: Tx, words: readonly Finish[]): Promise<(TaskRow | Problem | Leaving)[]> {
    const held = mapped(await leaseStore.lockMany(tx, idsOf(words)))
    const isHeld = (word: Finish, task: TaskRow | undefined): task is TaskRow =>
      isOwn(word, task) && task.fencingToken === word.token && !task.isParked && HELD.includes(task.status)
    // Of two that say something of one task in a batch the first one counts, as it would have alone.
    const first = new Map<string, Finish>()
    for (const word of words)
      if (!first.has(word.taskId) && isHeld(word, held.get(word.taskId))) first.set(word.taskId, word)
    const said = [...first.values()].map((word) => ({ word, task: held.get(word.taskId) as TaskRow }))
    const unpaid = said.filter(({ word, task }) => !leavesPayment(word, task))
    const endings = unpaid.map(({ word, task }) => endingOf(word, task))
    const ended = mapped(await end(tx, endings, { from: HELD }))
    return words.map((word) => {
      const task = held.get(word.taskId)
      if (isHeld(word, task) && leavesPayment(first.get(word.taskId) as Finish, task)) return { leaves: task, word }
      return answerTo(word, ended.get(word.taskId) ?? task, task)
    })
  }

  async function giveUp(tx: Tx, { leaves, word }: Leaving): Promise<TaskRow | Problem> {
    if (leavesPayment(word, leaves)) await leaveToPayment(tx, leaves, (task) => endingOf(word, task))
    return answerTo(word, await taskStore.read(tx, word.taskId), leaves)
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
      const held = await database.inOrganization(organizationId, (tx) => leaseStore.extend(tx, words), ONCE)
      const until = new Map(held.map((each) => [keyOf(each), each.expiresAt]))
      return beats.map(({ agentId, tasks }) =>
        tasks.map(({ taskId, fencingToken }) => {
          const expiresAt = until.get(keyOf({ agentId, taskId, token: BigInt(fencingToken) }))
          return { taskId, isHeld: expiresAt !== undefined, expiresAt: expiresAt?.toISOString() ?? null }
        }),
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

/** Which assignment is meant: of one task there may be several in a batch. */
const keyOf = ({ agentId, taskId, token }: Word): string => `${agentId} ${taskId.toLowerCase()} ${token}`
const idsOf = (words: readonly Word[]): string[] => [...new Set(words.map(({ taskId }) => taskId))]
const mapped = (rows: readonly TaskRow[]) => new Map(rows.map((row) => [row.id, row]))

/** An agent that wants another attempt while there is a payment: what that comes to has to be known first. */
const leavesPayment = ({ end }: Finish, { paymentId }: TaskRow): boolean =>
  'error' in end && end.isRetryable && paymentId !== null

function answerTo(word: Finish, row: TaskRow | undefined, before: TaskRow | undefined): TaskRow | Problem {
  if (!row || !isSeen(word, before)) return refusalOf(row)
  return hasEndedSo(word, row) ? row : stale(row)
}

const completionOf = ({ agentId, taskId, token }: Word, { result }: { result: object | null }): Ending => ({
  ...{ task: { id: taskId, laneId: null }, actor: `agent:${agentId}`, token, agentId },
  ...{ to: 'SUCCEEDED', result, errorClass: null },
})

function endingOf(word: Finish, task: TaskRow): Ending {
  const { agentId, end, token } = word
  if ('result' in end) return completionOf(word, end)
  const common = { task, actor: `agent:${agentId}`, token }
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
  const detail = row.isParked ? 'The task waits for its payment, and ends with it.' : undefined
  return new Problem(taskProblems.stale, detail === undefined ? {} : { detail })
}

function orThrow<T>(answer: T | Problem): T {
  if (answer instanceof Problem) throw answer
  return answer
}
