import type { TaskRow } from '@wedi/database'
import type { AssignmentService } from '#modules/assignment'
import type { DecisionService } from '#modules/decisions'
import type { PaymentService } from '#modules/payments'
import type { Caller } from '#platform/caller'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import { Problem } from '#platform/problem'
import type { PaymentAsked, Program, ProgramDecision } from './program.ts'

interface Needs {
  database: Database
  events: Events
  decisions: Pick<DecisionService, 'record'>
  tasks: Pick<AssignmentService, 'start' | 'holdRunning' | 'attach' | 'fail' | 'succeed'>
  payments: Pick<PaymentService, 'asset' | 'request' | 'wasPaid'>
  program: Program
}

type Asset = Awaited<ReturnType<PaymentService['asset']>>

/**
 * Runs hosted agents: a task that was assigned is given to the agent's program, and what the program decides is done in
 * the agent's name. Run again after a crash, it finds the task still running without a payment and decides anew.
 */
export function hostAgents({ database, events, decisions, tasks, payments, program }: Needs): void {
  async function pay(tx: Tx, agent: Caller & { agentId: string }, task: TaskRow, asked: Asked): Promise<void> {
    const { payment, asset, onlyOnce } = asked
    const { payee, reference } = payment
    if (onlyOnce && reference !== undefined && (await payments.wasPaid(tx, { payee, reference }))) {
      const detail = `${reference} of this payee is paid already, or on its way.`
      await tasks.fail(tx, agent.actor, task, { code: 'task.duplicate', detail })
      return
    }
    const requested = await payments.request(tx, agent, asset, { ...payment, agentId: agent.agentId, taskId: task.id })
    if ('payment' in requested) {
      await tasks.attach(tx, task, requested.payment.id, requested.payment.status === 'HELD')
      return
    }
    const detail = 'The agent has no authority for this payment.'
    await tasks.fail(tx, agent.actor, task, { code: 'payment.denied', detail, ...requested.denied })
  }

  /** One transaction: what the agent decided, what came of it, and what the task is now. */
  async function act(task: TaskRow, agentId: string, decision: ProgramDecision): Promise<void> {
    const agent = { organizationId: task.organizationId, actor: `agent:${agentId}`, agentId }
    const asked =
      decision.act === 'pay'
        ? { ...decision, asset: await payments.asset({ ...decision.payment, agentId }) }
        : undefined
    await database.inOrganization(agent, async (tx) => {
      const running = await tasks.holdRunning(tx, task)
      if (!running || running.paymentId !== null) return
      await decisions.record(tx, agent.actor, {
        ...{ type: 'agent.decided', subject: `task:${task.id}`, agentId, taskId: task.id },
        inputs: { ...decision },
      })
      if (asked) await pay(tx, agent, running, asked)
      else if (decision.act === 'keep') await tasks.succeed(tx, agent.actor, running, { kept: true })
      else if (decision.act === 'reject')
        await tasks.fail(tx, agent.actor, running, { code: decision.code, detail: decision.why })
    })
  }

  events.subscribe('task.assigned', 'runtime', async ({ organizationId, subject }) => {
    const task = await tasks.start(organizationId, subject)
    if (!task || task.assignedAgentId === null || task.paymentId !== null) return
    const agentId = task.assignedAgentId
    try {
      await act(task, agentId, await program({ id: task.id, type: task.type, payload: task.payload }))
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error
      const failure = { code: error.code, detail: error.message, ...error.members }
      await database.inOrganization(organizationId, (tx) => tasks.fail(tx, `agent:${agentId}`, task, failure))
    }
  })
}

interface Asked {
  readonly payment: PaymentAsked
  readonly onlyOnce: boolean
  readonly asset: Asset
}
