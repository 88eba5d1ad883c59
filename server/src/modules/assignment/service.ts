import type { PaymentStatus, TaskRow } from '@wedi/database'
import type { Static } from 'typebox'
import { Value } from 'typebox/value'
import { isOpen } from '#modules/payments'
import { parseAsset, parsePayee } from '#platform/caip'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import type { DomainEvent } from '#platform/events'
import { newId } from '#platform/ids'
import { type FieldError, invalid, Problem } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import { assigning } from './assign.ts'
import { DEFAULT_MAX_ATTEMPTS, PAYMENT_TASK, PaymentPayload, type TaskBody, type TaskQuery } from './contract.ts'
import { type AssignmentNeeds, aboutTask } from './needs.ts'
import { taskProblems } from './problems.ts'
import type { Requirements } from './rules.ts'
import { type TaskMove, taskStore } from './store.ts'

type TaskInput = Static<typeof TaskBody>

export type AssignmentService = ReturnType<typeof assignmentService>

export function assignmentService(needs: AssignmentNeeds) {
  const { database, events, decisions, payments } = needs
  const requestAssignment = assigning(needs)

  /** Ends a task once: the second call finds it ended and changes nothing. */
  async function finish(tx: Tx, actor: string, id: string, end: TaskMove): Promise<TaskRow | undefined> {
    const row = await taskStore.move(tx, id, end)
    if (!row) return undefined
    const type = `task.${end.to.toLowerCase()}`
    await decisions.record(tx, actor, {
      type,
      ...aboutTask(row),
      paymentId: row.paymentId,
      inputs: { result: end.result, error: end.error },
    })
    await events.publish(tx, 'task.changed', id)
    await requestAssignment(tx)
    return row
  }

  events.subscribe('agent.changed', 'assignment', ({ organizationId }) =>
    database.inOrganization(organizationId, requestAssignment),
  )

  /** A task that waits for its payment ends with it. */
  const endWithPayment = async ({ organizationId, subject }: DomainEvent): Promise<void> => {
    const payment = await payments.find(organizationId, subject)
    if (!payment?.taskId || isOpen(payment.status)) return
    const { id: paymentId, taskId, status, transactionHash } = payment
    await database.inOrganization(organizationId, async (tx) => {
      const task = await taskStore.lock(tx, taskId)
      if (task?.paymentId !== paymentId) return
      const failure = (payment.failure ?? {}) as { code?: string; detail?: string }
      const error = {
        code: failure.code ?? 'payment.failed',
        detail: failure.detail ?? `The payment is ${status}.`,
        paymentId,
      }
      const end =
        status === 'CONFIRMED'
          ? { to: 'SUCCEEDED' as const, result: { paymentId, transactionHash } }
          : { to: 'FAILED' as const, error }
      await finish(tx, 'system:assignment', taskId, { from: ['RUNNING'], ...end })
    })
  }
  events.subscribe(
    'payment.changed',
    'assignment',
    endWithPayment,
    ({ taskId, status }) => taskId !== null && !isOpen(status as PaymentStatus),
  )

  return {
    /** What a task is about is checked before it is stored: a payment task must be a payment that can be asked for. */
    async check(input: TaskInput): Promise<Requirements> {
      if (input.type !== PAYMENT_TASK) return input.requires ?? {}
      const faults = faultsOfPayload(input.payload)
      if (faults.length > 0) throw invalid(...faults)
      const payload = input.payload as Static<typeof PaymentPayload>
      const asset = await needs.chains.asset(payload.asset, '/payload/asset')
      const payee = parsePayee(payload.payee, asset, '/payload/payee')
      if (typeof payee !== 'string') throw invalid(payee)
      const { requires = {} } = input
      if (requires.asset !== undefined && parseAsset(requires.asset)?.id !== asset.id) {
        throw invalid({ path: '/requires/asset', message: 'is not the asset of the payload' })
      }
      if (requires.chain !== undefined && requires.chain !== asset.chain) {
        throw invalid({ path: '/requires/chain', message: 'is not the chain of the asset' })
      }
      return { ...requires, chain: asset.chain, asset: asset.id }
    },

    async submit(tx: Tx, caller: Caller, input: TaskInput, requires: Requirements) {
      if (input.agentId !== undefined) await needs.agents.requireIn(tx, input.agentId)
      const deadlineAt = input.deadlineAt === undefined ? null : new Date(input.deadlineAt)
      if (deadlineAt && deadlineAt <= tx.now) throw invalid({ path: '/deadlineAt', message: 'is in the past' })
      const row = await taskStore.insert(tx, {
        id: newId(),
        type: input.type,
        payload: input.payload,
        requires,
        priority: input.priority ?? 0,
        fairnessKey: input.fairnessKey ?? null,
        dedupeKey: input.dedupeKey ?? null,
        agentId: input.agentId ?? null,
        maxAttempts: input.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
        deadlineAt,
        createdBy: caller.actor,
      })
      if (!row) {
        const taken = input.dedupeKey === undefined ? undefined : await taskStore.byDedupeKey(tx, input.dedupeKey)
        throw new Problem(taskProblems.duplicate, { members: { taskId: taken?.id } })
      }
      await decisions.record(tx, caller.actor, {
        type: 'task.submitted',
        ...aboutTask(row),
        inputs: { type: row.type, payload: row.payload },
      })
      await requestAssignment(tx)
      return toWire(row)
    },

    async get({ organizationId }: Caller, id: string) {
      const row = await taskStore.find(database, organizationId, id)
      if (!row) throw new Problem(taskProblems.notFound)
      return toWire(row)
    },

    async list({ organizationId }: Caller, page: PageRequest, query: Static<typeof TaskQuery>) {
      return pageFrom(toWire(await taskStore.list(database, organizationId, page, query)), page)
    },

    /** Possible until its payment is on its way; a payment that is only set aside is canceled with it. */
    async cancel(tx: Tx, caller: Caller, id: string) {
      const task = await taskStore.lock(tx, id)
      if (!task) throw new Problem(taskProblems.notFound)
      if (task.status === 'RUNNING' && task.paymentId !== null) await payments.cancel(tx, caller, task.paymentId)
      const row = await finish(tx, caller.actor, id, { to: 'CANCELED', from: ['QUEUED', 'ASSIGNED', 'RUNNING'] })
      if (!row) throw new Problem(taskProblems.notCancelable)
      return toWire(row)
    },

    async requeue(tx: Tx, caller: Caller, id: string) {
      if (!(await taskStore.lock(tx, id))) throw new Problem(taskProblems.notFound)
      const row = await taskStore.requeue(tx, id)
      if (!row) throw new Problem(taskProblems.notRequeueable)
      await decisions.record(tx, caller.actor, { type: 'task.requeued', ...aboutTask(row) })
      await requestAssignment(tx)
      return toWire(row)
    },

    /** For payments: is this agent working on this task just now? Undefined when there is no such task. */
    async isWorkingOn(tx: Tx, agentId: string, taskId: string): Promise<boolean | undefined> {
      const task = await taskStore.read(tx, taskId)
      return task && task.assignedAgentId === agentId && (task.status === 'ASSIGNED' || task.status === 'RUNNING')
    },

    /** For the runtime: the task is being worked on from now on. Undefined when it is over. */
    start: (organizationId: string, id: string) =>
      database.inOrganization(organizationId, (tx) => taskStore.start(tx, id)),

    /** For the runtime: holds the task still while its agent acts. Undefined when it is over or was given to another. */
    async holdRunning(tx: Tx, task: TaskRow): Promise<TaskRow | undefined> {
      const row = await taskStore.lock(tx, task.id)
      return row?.status === 'RUNNING' && row.fencingToken === task.fencingToken ? row : undefined
    },

    /** The agent has asked for a payment: the task waits for it. Parked, it gives its slot to the next. */
    async attach(tx: Tx, task: TaskRow, paymentId: string, isParked: boolean): Promise<void> {
      await taskStore.attach(tx, task, paymentId, isParked)
      if (isParked) await requestAssignment(tx)
    },

    fail: (tx: Tx, actor: string, task: TaskRow, error: TaskMove['error'] & object) =>
      finish(tx, actor, task.id, { to: 'FAILED', from: ['RUNNING'], error }),

    succeed: (tx: Tx, actor: string, task: TaskRow, result: TaskMove['result'] & object) =>
      finish(tx, actor, task.id, { to: 'SUCCEEDED', from: ['RUNNING'], result }),
  }
}

function faultsOfPayload(payload: unknown): FieldError[] {
  return [...Value.Errors(PaymentPayload, payload)].map(({ instancePath, message }) => ({
    path: `/payload${instancePath}`,
    message,
  }))
}
