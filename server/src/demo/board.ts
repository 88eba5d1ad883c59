import { type Api, type Payment, type Reason, Refused, type Task } from './api.ts'
import { type DemoTask, type Outcome, SUPPLIERS, tasks } from './scenario.ts'
import { type Actor, actorOf, type Stage } from './stage.ts'

/** One task of the demo and what is known of it so far. */
export interface Entry {
  readonly task: DemoTask
  readonly amount: bigint
  /** Known once it is submitted. */
  id?: string
  view?: Task
  payment?: Payment
  outcome?: Outcome
  /** Why it was not paid, as the API says it. */
  reasons: Reason[]
}

export const newBoard = (stage: Stage): Entry[] =>
  tasks.map((task) => ({ task, amount: stage.parse(task.amount), reasons: [] }))

/** Submits a task, or finds the one an earlier start submitted. */
export async function submit(api: Api, stage: Stage, actors: readonly Actor[], entry: Entry): Promise<void> {
  const { key, reference, payee, amount, agent } = entry.task
  const dedupeKey = `demo/${key}`
  const payload = { payee: stage.payees.get(payee), amount: String(stage.parse(amount)), asset: stage.asset, reference }
  const who = agent ? { agentId: actorOf(actors, agent).id } : { requires: { tags: [SUPPLIERS] } }
  try {
    entry.id = (await api.create<Task>('/v1/tasks', { type: 'payment', payload, ...who, dedupeKey }, dedupeKey)).id
  } catch (error) {
    if (!(error instanceof Refused) || typeof error.members.taskId !== 'string') throw error
    entry.id = error.members.taskId
  }
}

/** Looks at those without an outcome; answers the ones that have got theirs. */
export async function refresh(api: Api, entries: readonly Entry[]): Promise<Entry[]> {
  const open = entries.filter(({ id, outcome }) => id !== undefined && outcome === undefined)
  if (open.length === 0) return []
  const page = await api.get<{ data: Task[] }>('/v1/tasks?limit=200')
  const listed = new Map(page.data.map((view) => [view.id, view]))
  const ended = await Promise.all(
    open.map(async (entry) => ((await look(api, entry, listed.get(entry.id as string))) ? [entry] : [])),
  )
  return ended.flat()
}

/** True when the task has come to an outcome. */
async function look(api: Api, entry: Entry, listed: Task | undefined): Promise<boolean> {
  const view = listed ?? (await api.get<Task>(`/v1/tasks/${entry.id}`))
  entry.view = view
  const outcome = outcomeOf(view)
  if (outcome === undefined) return false
  if (view.paymentId !== null) entry.payment = await api.get<Payment>(`/v1/payments/${view.paymentId}`)
  entry.reasons = outcome === 'held' ? await heldReasons(api, entry.payment) : reasonsOf(view)
  entry.outcome = outcome
  return true
}

/** Undefined while it is on its way. */
function outcomeOf({ status, isParked, error }: Task): Outcome | undefined {
  switch (status) {
    case 'SUCCEEDED':
      return 'paid'
    case 'FAILED':
      return error?.code === 'payment.denied' ? 'denied' : 'failed'
    case 'CANCELED':
    case 'DEAD':
      return 'failed'
    case 'RUNNING':
      return isParked ? 'held' : undefined
    case 'QUEUED':
    case 'ASSIGNED':
      return undefined
  }
}

async function heldReasons(api: Api, payment: Payment | undefined): Promise<Reason[]> {
  if (!payment?.approvalId) return []
  return (await api.get<{ reasons: Reason[] }>(`/v1/approvals/${payment.approvalId}`)).reasons
}

const reasonsOf = ({ error, status }: Task): Reason[] =>
  error?.reasons ?? (error ? [error] : status === 'SUCCEEDED' ? [] : [{ code: `task.${status.toLowerCase()}` }])

/** What came out otherwise than the scenario says, in words. */
export function surprises(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ task, outcome, reasons, payment }) => {
    const codes = reasons.map(({ code }) => code)
    const wasAnswered = task.outcome === 'held' && outcome !== 'held' && (payment?.approvalId ?? null) !== null
    const isAsMeant = outcome === task.outcome && (task.because === undefined || codes.includes(task.because))
    if (isAsMeant || wasAnswered) return []
    const because = (code: string | undefined) => (code ? ` (${code})` : '')
    const came = `${outcome ?? 'still on its way'}${because(codes.join(', '))}`
    return [`${task.key} should have been ${task.outcome}${because(task.because)} and is ${came}`]
  })
}
