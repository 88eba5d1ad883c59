import type { PaymentStatus, TaskRow } from '@wedi/database'
import type { Static } from 'typebox'
import { agentProblems, instanceProblems } from '#modules/agents'
import { isOpen } from '#modules/payments'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { Problem } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import type { ClaimAsked } from './claims.ts'
import type { FairnessBody, TaskQuery } from './contract.ts'
import { ending, HELD } from './ends.ts'
import { explaining } from './explain.ts'
import { laneOf } from './lane.ts'
import { type AssignmentNeeds, aboutTask, SYSTEM } from './needs.ts'
import { taskProblems } from './problems.ts'
import { retryOf } from './retry.ts'
import { rounds } from './round.ts'
import type { Requirements } from './rules.ts'
import { Scheduler } from './scheduler.ts'
import { seating } from './seating.ts'
import { laneStore } from './store/lanes.ts'
import { leaseStore } from './store/leases.ts'
import { payingStore } from './store/paying.ts'
import { type Share, seatStore } from './store/seats.ts'
import { type TaskError, taskStore } from './store/tasks.ts'
import { submitting, type TaskInput } from './submit.ts'
import { working } from './work.ts'

export type AssignmentService = ReturnType<typeof assignmentService>

export function assignmentService(needs: AssignmentNeeds) {
  const { database, events, decisions, payments } = needs
  const end = ending(needs)
  const { check, submit } = submitting(needs)
  const { explain, withReasons } = explaining(needs)
  const scheduler = new Scheduler({ ...needs, round: rounds(needs), explain, giveBack })
  const { wake } = scheduler
  const { heartbeat, finish, extendLeases } = working(needs, scheduler.freed)
  seating(needs, wake)

  const wakeAfter = (tx: Tx): void => tx.afterCommit(() => wake(tx.organizationId))

  /** Tasks that were given out and that nobody took delivery of: to the next one, as if they had not been. */
  async function giveBack(organizationId: string, tasks: readonly TaskRow[]): Promise<void> {
    const why = 'nobody took delivery of it'
    await database.inOrganization(organizationId, async (tx) => {
      const back = tasks.map(
        (task) => ({ task, actor: SYSTEM, to: 'QUEUED', token: task.fencingToken, isUncounted: true, why }) as const,
      )
      await end(tx, back, { from: ['ASSIGNED'] })
      wakeAfter(tx)
    })
  }

  async function requireClaiming(organizationId: string, { agentId, instanceId }: ClaimAsked): Promise<void> {
    const { runtime, status, isDraining } = await needs.instances.standing(organizationId, { agentId, instanceId })
    if (runtime === null) throw new Problem(agentProblems.notFound)
    if (runtime !== 'REMOTE') throw new Problem(taskProblems.notRemote)
    if (status === null) throw new Problem(instanceProblems.notFound)
    if (status === 'STOPPED') throw new Problem(instanceProblems.stopped)
    if (isDraining) throw new Problem(instanceProblems.draining)
  }

  /** A task is given up with the money on its way; while somebody works on it, not once that was paid. */
  async function cancelPayment(tx: Tx, caller: Caller, { status, paymentId }: TaskRow): Promise<void> {
    if (paymentId === null || !['QUEUED', ...HELD].includes(status)) return
    const payment = await payments.read(tx, paymentId)
    if (!payment) return
    const isPaidFor = payment.status === 'CONFIRMED' && status !== 'QUEUED'
    if (isOpen(payment.status) || isPaidFor) await payments.cancel(tx, caller, paymentId)
  }

  /** A hosted agent's task, and one that was left to its payment, ends with the payment. A remote agent says it itself. */
  const followPayment = async (organizationId: string, id: string): Promise<void> => {
    const payment = await payments.find(organizationId, id)
    if (!payment?.taskId || isOpen(payment.status)) return
    const { id: paymentId, taskId, status, transactionHash } = payment
    await database.inOrganization(organizationId, async (tx) => {
      const task = await taskStore.lock(tx, taskId)
      if (task?.paymentId !== paymentId || task.leaseExpiresAt !== null) return
      const failure = (payment.failure ?? {}) as { code?: string; detail?: string }
      const error = {
        code: failure.code ?? 'payment.failed',
        detail: failure.detail ?? `The payment is ${status}.`,
        paymentId,
      }
      const how =
        status === 'CONFIRMED'
          ? { to: 'SUCCEEDED' as const, result: { paymentId, transactionHash }, errorClass: null }
          : { to: 'FAILED' as const, error }
      await end(tx, [{ task, actor: SYSTEM, ...how }], { from: ['RUNNING'] })
      wakeAfter(tx)
    })
  }
  events.subscribe(
    'payment.changed',
    'assignment',
    ({ organizationId, subject }) => followPayment(organizationId, subject),
    ({ taskId, status }) => taskId !== null && !isOpen(status as PaymentStatus),
  )

  return {
    check,
    heartbeat,
    finish,
    start: () => scheduler.start(),
    stop: () => scheduler.stop(),
    /** Before the server closes: who waits for work would hold it up. */
    endWaits: () => scheduler.claims.close(),

    async submit(tx: Tx, caller: Caller, input: TaskInput, requires: Requirements) {
      const row = await submit(tx, caller, input, requires)
      wakeAfter(tx)
      return toWire(row)
    },

    async get({ organizationId }: Caller, id: string) {
      const row = await taskStore.find(database, organizationId, id)
      if (!row) throw new Problem(taskProblems.notFound)
      return toWire((await withReasons(organizationId, [row]))[0] as TaskRow)
    },

    async list({ organizationId }: Caller, page: PageRequest, query: Static<typeof TaskQuery>) {
      const rows = await taskStore.list(database, organizationId, page, query)
      return pageFrom(toWire(await withReasons(organizationId, rows)), page)
    },

    /** Possible until its payment is on its way; a payment that is only set aside is canceled with it. */
    async cancel(tx: Tx, caller: Caller, id: string) {
      const task = await taskStore.lock(tx, id)
      if (!task) throw new Problem(taskProblems.notFound)
      await cancelPayment(tx, caller, task)
      const [row] = await end(tx, [{ task, actor: caller.actor, to: 'CANCELED' }], { from: ['QUEUED', ...HELD] })
      if (!row) throw new Problem(taskProblems.notCancelable)
      wakeAfter(tx)
      return toWire(row)
    },

    async requeue(tx: Tx, caller: Caller, id: string) {
      const task = await taskStore.lock(tx, id)
      if (!task) throw new Problem(taskProblems.notFound)
      const lane = laneOf(task)
      laneStore.hold(tx, [lane.id])
      const row = await taskStore.requeue(tx, id, lane.id)
      if (!row) throw new Problem(taskProblems.notRequeueable)
      laneStore.open(tx, lane)
      if (row.deadlineAt) laneStore.dueBy(tx, row.deadlineAt)
      await decisions.record(tx, caller.actor, { type: 'task.requeued', ...aboutTask(row) })
      wakeAfter(tx)
      return toWire(row)
    },

    /** Waits for work without holding anything of the database. */
    async claim(caller: Caller, asked: ClaimAsked) {
      if (caller.agentId !== asked.agentId) throw new Problem(agentProblems.notFound)
      await requireClaiming(caller.organizationId, asked)
      const tasks = await scheduler.claim(caller.organizationId, asked)
      // Who went away meanwhile does not know that it has them.
      if (asked.signal.aborted && tasks.length > 0) await giveBack(caller.organizationId, tasks)
      const data = tasks.map((task) => {
        const lease = { fencingToken: String(task.fencingToken), expiresAt: task.leaseExpiresAt?.toISOString() ?? '' }
        return { task: toWire(task), lease }
      })
      return { data }
    },

    extendLeases,
    /** For instances: has this one tasks in work? */
    holdsTasks: (tx: Tx, instanceId: string): Promise<boolean> => leaseStore.isHolding(tx, instanceId),

    shares: async ({ organizationId }: Caller) => ({ keys: await seatStore.shares(database, organizationId) }),

    async putShares(tx: Tx, caller: Caller, { keys }: Static<typeof FairnessBody>, expected?: number) {
      const { revision } = await needs.organizations.lockForChange(tx, expected)
      laneStore.lockQueue(tx)
      const wanted = keys.map(({ key, weight = 1, maxRunning = null }): Share => ({ key, weight, maxRunning }))
      await seatStore.setShares(tx, wanted)
      const subject = `organization:${tx.organizationId}`
      await decisions.record(tx, caller.actor, {
        type: 'organization.fairnessChanged',
        subject,
        inputs: { keys: wanted },
      })
      wakeAfter(tx)
      return { revision, keys: wanted }
    },

    /** How many tasks the agent has in work. */
    inUseOf: (organizationId: string, agentId: string) => seatStore.inUseOf(database, organizationId, agentId),

    /**
     * For payments: holds the task, before anybody else is held. Is this agent working on it just now? Undefined when
     * there is no such task.
     */
    async isWorkingOn(tx: Tx, agentId: string, taskId: string): Promise<boolean | undefined> {
      const task = await taskStore.lock(tx, taskId)
      return task && task.assignedAgentId === agentId && HELD.includes(task.status)
    },

    /** For the runtime: the task is being worked on from now on. Undefined when it is over. */
    begin: (organizationId: string, id: string) =>
      database.inOrganization(organizationId, (tx) => taskStore.start(tx, id)),

    /** For the runtime: ends the task if its payment has ended, as the end of the payment would. */
    followPayment,

    /** For the runtime: holds the task still while its agent acts. Undefined when it is over or was given to another. */
    async holdRunning(tx: Tx, task: TaskRow): Promise<TaskRow | undefined> {
      const row = await taskStore.lock(tx, task.id)
      return row?.status === 'RUNNING' && row.fencingToken === task.fencingToken ? row : undefined
    },

    /** For payments: the agent has asked for one for its task. Parked, the task gives its slot to the next. */
    async attach(tx: Tx, taskId: string, paymentId: string, isParked: boolean): Promise<void> {
      await payingStore.attach(tx, taskId, paymentId, isParked)
      if (isParked) wakeAfter(tx)
    },

    /** For the runtime: the agent has given its answer, and it is no. */
    async fail(tx: Tx, actor: string, task: TaskRow, error: TaskError): Promise<void> {
      const errorClass = error.code === 'payment.denied' ? 'DENIED' : 'REJECTED'
      await end(tx, [{ task, actor, to: 'FAILED', error, token: task.fencingToken, errorClass }], {
        from: ['RUNNING'],
      })
      wakeAfter(tx)
    },

    /** For the runtime: the program did not get to an answer. */
    async failAttempt(tx: Tx, actor: string, task: TaskRow, error: TaskError): Promise<void> {
      const ends = {
        task,
        actor,
        token: task.fencingToken,
        errorClass: 'CRASH' as const,
        ...retryOf(task, error, true),
      }
      await end(tx, [ends], { from: ['RUNNING'], isUnpaid: true })
      wakeAfter(tx)
    },

    /** For the runtime: its agent was stopped before it could act; it is somebody else's, or its own later. */
    async release(tx: Tx, actor: string, task: TaskRow, why: string): Promise<void> {
      const back = { task, actor, to: 'QUEUED' as const, token: task.fencingToken, isUncounted: true, why }
      await end(tx, [back], { from: ['RUNNING'], isUnpaid: true })
      wakeAfter(tx)
    },
    /** For the runtime: the agent has done what there was to do, without a payment. */
    async succeed(tx: Tx, actor: string, task: TaskRow, result: Record<string, unknown>): Promise<void> {
      await end(tx, [{ task, actor, to: 'SUCCEEDED', result, token: task.fencingToken, errorClass: null }], {
        from: ['RUNNING'],
      })
      wakeAfter(tx)
    },
  }
}
