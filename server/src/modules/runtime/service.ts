import type { TaskRow } from '@wedi/database'
import type { AssignmentService } from '#modules/assignment'
import type { DecisionService } from '#modules/decisions'
import type { PaymentService } from '#modules/payments'
import type { Caller } from '#platform/caller'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import { Problem } from '#platform/problem'
import { wordsOf } from '#platform/words'
import type { PaymentAsked, Program, ProgramDecision } from './program.ts'

interface Needs {
  database: Database
  events: Events
  decisions: Pick<DecisionService, 'record'>
  tasks: Pick<
    AssignmentService,
    'begin' | 'followPayment' | 'holdRunning' | 'succeed' | 'fail' | 'failAttempt' | 'release'
  >
  payments: Pick<PaymentService, 'asset' | 'request' | 'wasPaid'>
  program: Program
}

/** What stops everybody for a while: the task waits for it, or goes to another. */
const PASSING = ['organization.frozen', 'agent.notActive', 'wallet.notActive']
const DETAIL_LENGTH = 500

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
    if ('payment' in requested) return
    if (requested.denied.reasons.every(({ code }) => PASSING.includes(code))) {
      await tasks.release(tx, agent.actor, task, 'its agent was stopped before it could pay')
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

  /** A program that throws has not answered: the attempt failed, and the next one may do better. */
  async function decide(task: TaskRow, agentId: string): Promise<ProgramDecision | undefined> {
    try {
      return await program({ id: task.id, type: task.type, payload: task.payload })
    } catch (error) {
      const detail = wordsOf(error instanceof Error ? error.message : String(error), DETAIL_LENGTH)
      const failure = { code: 'program.failed', detail }
      await database.inOrganization(task, (tx) => tasks.failAttempt(tx, `agent:${agentId}`, task, failure))
      return undefined
    }
  }

  events.subscribe('task.assigned', 'runtime', async ({ organizationId, subject }) => {
    const task = await tasks.begin(organizationId, subject)
    if (!task || task.assignedAgentId === null) return
    // Asked for before a crash, or by the agent that had the task before: if it has ended, nobody else will say so.
    if (task.paymentId !== null) return tasks.followPayment(organizationId, task.paymentId)
    const agentId = task.assignedAgentId
    const decision = await decide(task, agentId)
    if (!decision) return
    try {
      await act(task, agentId, decision)
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
