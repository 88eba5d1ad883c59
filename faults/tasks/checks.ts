import type { Caller } from '../caller.ts'
import type { DatabaseServer } from '../database.ts'
import type { Findings } from '../invariants.ts'
import type { Life } from './crew.ts'
import type { Change } from './history.ts'
import type { TaskInvariant } from './invariants.ts'
import type { Entry } from './journal.ts'
import type { Submitted, TaskBook } from './load.ts'

export interface TaskSeen {
  readonly id: string
  readonly status: string
  readonly error: string | null
  readonly reason: string | null
  readonly mark: string | null
  readonly payments: number
}

const TASKS = `
  select t.id, status::text, error ->> 'code' as error, coalesce(t.unassignable_reason, l.reason) as reason,
         result ->> 'mark' as mark,
         (select count(*)::int from payment p where p.organization_id = t.organization_id and p.task_id = t.id
          and p.status not in ('FAILED', 'REVERTED', 'CANCELED')) as payments
  from task t left join task_lane l on l.organization_id = t.organization_id and l.id = t.lane_id`

const OVER = ['SUCCEEDED', 'FAILED', 'CANCELED', 'DEAD']
const HELD = ['ASSIGNED', 'RUNNING']

export const tasksSeen = ({ query }: DatabaseServer, name: string): Promise<TaskSeen[]> => query<TaskSeen>(name, TASKS)

/** It ended, or nobody can take it and it says so. */
export const isSettled = ({ status, reason }: TaskSeen, asked: Submitted | undefined, book: TaskBook): boolean =>
  OVER.includes(status) || (status === 'QUEUED' && reason !== null && asked !== undefined && isForNobody(asked, book))

const isForNobody = ({ kind, pinnedTo, body }: Submitted, { retired }: TaskBook): boolean =>
  kind === 'nobody' ||
  (pinnedTo !== undefined && (retired.has(pinnedTo.id) || !pinnedTo.plan.types.includes(String(body.type))))

export interface TaskEvidence {
  readonly book: TaskBook
  readonly tasks: readonly TaskSeen[]
  readonly history: ReadonlyMap<string, readonly Change[]>
  readonly entries: readonly (Entry & { readonly life: Life })[]
  /** Of these no task may be taken before its lease ends. */
  readonly calmAgents: ReadonlySet<string>
}

type Say = Findings<TaskInvariant>

export function checkTasks(evidence: TaskEvidence, findings: Say): void {
  const { book, tasks, history, entries } = evidence
  checkAccepted(evidence, findings)
  const byTask = new Map<string, Entry[]>()
  for (const entry of entries) {
    if (entry.what === 'odd') findings.add('odd answer', entry.text)
    else byTask.set(entry.task, [...(byTask.get(entry.task) ?? []), entry])
  }
  for (const task of tasks) {
    const changes = history.get(task.id) ?? []
    const own = byTask.get(task.id) ?? []
    checkEnds(task, changes, findings)
    checkTokens(task, changes, own, findings)
    checkAnswers(task, changes, own, findings)
    checkLeases(task, changes, { ...evidence, own }, findings)
  }
  for (const what of book.odd) findings.add('odd answer', what)
}

function checkAccepted({ book, tasks }: TaskEvidence, findings: Say): void {
  const byId = new Map(tasks.map((task) => [task.id, task]))
  for (const asked of book.tasks) {
    const { key, kind, ids, isAnswered } = asked
    if (!isAnswered) findings.add('acknowledged but lost', `${key} was never answered`)
    if (ids.size > 1) findings.add('ended twice', `${key} is several tasks: ${[...ids].join()}`)
    for (const id of ids) {
      const task = byId.get(id)
      if (!task) findings.add('acknowledged but lost', `${key}: there is no task ${id}`)
      else if (!isSettled(task, asked, book)) findings.add('stuck', `${kind} task ${id}: ${task.status} ${task.reason}`)
      else if (['FAILED', 'DEAD'].includes(task.status) && task.error === null)
        findings.add('not recorded', `task ${id} is ${task.status} without a reason`)
    }
  }
}

/** Once over, only a person's requeue begins it again; a task that succeeded stays so. */
function checkEnds({ id, payments }: TaskSeen, changes: readonly Change[], findings: Say): void {
  for (const { was, now, result } of changes) {
    if (was === null || !OVER.includes(was)) continue
    if (was === 'SUCCEEDED' || now !== 'QUEUED')
      findings.add('ended twice', `task ${id}: ${was}, then ${now} ${result}`)
  }
  const requeues = changes.filter(({ was, now }) => OVER.includes(was ?? '') && now === 'QUEUED').length
  if (payments > 1 + requeues) findings.add('paid twice', `task ${id}: ${payments} payments, ${requeues} requeues`)
}

/** A token belongs to one assignment of the task, and to one process that heard of it. */
function checkTokens({ id }: TaskSeen, changes: readonly Change[], own: readonly Entry[], findings: Say): void {
  for (const { was, now, tokenWas, token, agentWas, agent, at } of changes) {
    if (was === null) continue
    const isGiven = HELD.includes(now) && (!HELD.includes(was) || agentWas !== agent)
    const rise = BigInt(token) - BigInt(tokenWas ?? 0)
    if (rise < 0n || (isGiven && rise < 1n))
      findings.add(
        'token not higher',
        `task ${id}: ${was} ${tokenWas}, then ${now} ${token} at ${new Date(at).toISOString()}`,
      )
  }
  const begun = own.filter(({ what }) => what === 'begun') as { token: string }[]
  const seen = new Set<string>()
  for (const { token } of begun) {
    if (seen.has(token)) findings.add('token not higher', `task ${id}: token ${token} was given out twice`)
    seen.add(token)
  }
}

/** What agents were told is what became of the task, and nothing else. */
function checkAnswers(task: TaskSeen, changes: readonly Change[], own: readonly Entry[], findings: Say): void {
  const { id, status, mark } = task
  const taken = own.filter((entry) => entry.what === 'answered' && entry.status === 200) as Answered[]
  const completed = new Set(taken.filter(({ act }) => act === 'complete').map(({ token }) => token))
  const success = changes.find(({ now }) => now === 'SUCCEEDED')
  if (completed.size > 1) findings.add('ended twice', `task ${id} was completed with tokens ${[...completed].join()}`)
  for (const { act, token, mark: said } of taken) {
    if (act === 'complete' && status !== 'SUCCEEDED')
      findings.add('acknowledged but lost', `task ${id}: complete with token ${token} was taken, it is ${status}`)
    if (act === 'complete' && success && success.tokenWas !== token)
      findings.add(
        'old token taken',
        `task ${id}: complete with ${token} was taken, it succeeded with ${success.tokenWas}`,
      )
    if (act === 'complete' && success && mark !== null && mark !== said)
      findings.add('acknowledged but lost', `task ${id}: the result ${said} was taken, and ${mark} is kept`)
    if (act === 'give up' && completed.has(token))
      findings.add('ended twice', `task ${id}: ${token} completed and failed`)
    const isKnown = changes.some((change) => change.token === token && HELD.includes(change.now))
    if (!isKnown) findings.add('old token taken', `task ${id}: ${act} with token ${token}, which was never given out`)
  }
  const sent = own.find((entry) => entry.what === 'asked' && entry.act === 'complete' && entry.mark === mark)
  if (mark !== null && !sent) findings.add('odd answer', `task ${id} has a result that nobody sent: ${mark}`)
  if (sent?.what === 'asked' && success && sent.token !== success.tokenWas)
    findings.add('old token taken', `task ${id} at ${success.tokenWas} ended with what was said with ${sent.token}`)
  for (const what of checkOldWrites(id, changes, own, taken)) findings.add('old token taken', what)
}

type Answered = Extract<Entry, { what: 'answered' }>

/** What else is taken from an agent is taken while the task is its own. */
function checkOldWrites(
  id: string,
  changes: readonly Change[],
  own: readonly Entry[],
  taken: readonly Answered[],
): string[] {
  return taken.flatMap(({ act, token, mark }) => {
    const end = changes.find(
      ({ was, now, tokenWas }) => tokenWas === token && HELD.includes(was ?? '') && !HELD.includes(now),
    )
    const asked = own.find((entry) => entry.what === 'asked' && entry.mark === mark)
    const isLate = act === 'heartbeat' && asked && end && asked.at > end.at + CLOCKS_MS
    const isLost = (act === 'fail' || act === 'give up') && end === undefined
    return isLate || isLost
      ? [`task ${id}: ${act} with token ${token} was taken, which ended as ${end?.now ?? 'nothing'}`]
      : []
  })
}

/** Between what two processes of one machine call now. */
const CLOCKS_MS = 5

interface Own {
  readonly own: readonly Entry[]
  readonly calmAgents: ReadonlySet<string>
  readonly book: TaskBook
}

/**
 * Nobody takes a task from an agent that keeps its lease, but the agent itself, a person, or a deadline. What was given to
 * a poll that nobody waits for any more goes to the next at once.
 */
function checkLeases(task: TaskSeen, changes: readonly Change[], { own, calmAgents }: Own, findings: Say): void {
  for (const { was, now, agentWas, tokenWas, leaseWas, at } of changes) {
    const isTaken = HELD.includes(was ?? '') && (now === 'QUEUED' || now === 'DEAD' || now === 'ASSIGNED')
    if (!isTaken || leaseWas === null || agentWas === null || !calmAgents.has(agentWas) || leaseWas <= at) continue
    const hasHeard = own.some((entry) => entry.what === 'begun' && entry.token === tokenWas)
    const isGivenBack = own.some((entry) => entry.what === 'asked' && entry.act === 'fail' && entry.token === tokenWas)
    if (hasHeard && !isGivenBack)
      findings.add('taken too early', `task ${task.id}: token ${tokenWas} had ${Math.round(leaseWas - at)} ms left`)
  }
}

const TERMINAL = OVER.map((status) => `task.${status.toLowerCase()}`)
const READERS = 6

/** The log tells the same story: one end for each beginning. */
export async function checkRecords(admin: Caller, evidence: TaskEvidence, findings: Say): Promise<void> {
  const left = [...evidence.tasks]
  const read = async () => {
    for (let task = left.pop(); task; task = left.pop()) {
      const path = `/v1/decisions?taskId=${task.id}&limit=200`
      const answered = await admin.surely({ method: 'GET', path }, 10_000)
      const types = ((answered?.body.data ?? []) as { type: string }[]).map(({ type }) => type)
      const count = (...wanted: string[]) => types.filter((type) => wanted.includes(type)).length
      const expected = count('task.requeued') + (OVER.includes(task.status) ? 1 : 0)
      const ends = count(...TERMINAL)
      if (count('task.submitted') !== 1 || ends !== expected)
        findings.add('not recorded', `task ${task.id} (${task.status}): ${types.join()}`)
      if (ends > expected) findings.add('ended twice', `task ${task.id}: ${types.join()}`)
    }
  }
  await Promise.all(Array.from({ length: READERS }, read))
}

const SEATS = `
  select s.agent_id || ' counts ' || s.in_use || ' and holds ' || count(t.id) as what
  from agent_seat s left join task t on t.organization_id = s.organization_id and t.assigned_agent_id = s.agent_id
    and t.status in ('ASSIGNED', 'RUNNING') and not t.is_parked
  group by s.organization_id, s.agent_id having s.in_use <> count(t.id)`

/** A slot that is counted and not used is lost for good. */
export async function checkSeats({ query }: DatabaseServer, name: string, findings: Say): Promise<void> {
  for (const { what } of await query<{ what: string }>(name, SEATS)) findings.add('over its slots', `agent ${what}`)
}

/** Whoever waits in a circle is sent away: it is answered «not now», a second late, with everybody beside it. */
export async function checkDeadlocks({ query }: DatabaseServer, name: string, findings: Say): Promise<void> {
  const text = 'select deadlocks::int from pg_stat_database where datname = current_database()'
  for (const { deadlocks } of await query<{ deadlocks: number }>(name, text))
    if (deadlocks > 0) findings.add('odd answer', `${deadlocks} deadlocks in the database`)
}
