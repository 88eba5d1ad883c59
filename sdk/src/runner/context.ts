import type { Wedi } from '../client.ts'
import { WediError } from '../error.ts'
import type { Input, Payment, Reply, Task } from '../operations.ts'
import { backoffMs, pause } from '../time.ts'
import { PaymentFailed } from './failure.ts'

type PaymentInput = Input<'post', '/v1/payments'>
type DecisionInput = Input<'post', '/v1/agents/{agentId}/decisions'>

export type Intent = Omit<PaymentInput, 'agentId' | 'taskId' | 'amount'> & {
  /** In the asset's smallest unit. */
  readonly amount: bigint | string
}

/** What a program may do for its task. */
export interface Context {
  readonly agentId: string
  /** Aborted when the task was canceled or is not ours any more: stop, nothing you answer counts. */
  readonly signal: AbortSignal
  /** The same client, for everything else. */
  readonly wedi: Wedi
  /**
   * Pays for the task, at most once whatever happens to whoever works on it: asked again, in another attempt too, the
   * answer is the payment that exists. Comes back when it is confirmed; throws `WediError` when it may not be paid
   * (`payment.denied`, with `problem.reasons`), `PaymentFailed` when it ended otherwise. One that a person must answer for
   * takes the task with it: it ends with the payment, and the signal is aborted.
   */
  pay(intent: Intent): Promise<Payment>
  /** Adds a decision of the agent to the log. */
  decide(
    decision: Omit<DecisionInput, 'agentId' | 'taskId' | 'decisions'>,
  ): Promise<Reply<'post', '/v1/agents/{agentId}/decisions'>>
}

interface Work {
  readonly wedi: Wedi
  readonly agentId: string
  readonly task: Task
  readonly fencingToken: string
  readonly signal: AbortSignal
  /** For how long a server that cannot answer is asked again. */
  readonly retryForMs: number
}

export function contextOf(work: Work): Context {
  const { wedi, agentId, task, signal, retryForMs } = work
  const options = { signal, retryForMs }
  let asked = 0

  async function settled(payment: Payment): Promise<Payment> {
    for (let attempt = 0; ; attempt++) {
      if (payment.status === 'CONFIRMED') return payment
      if (hasFailed(payment)) throw new PaymentFailed(payment)
      await pause(Math.min(backoffMs(attempt), LOOK_EVERY_MS), signal)
      payment = await wedi.get('/v1/payments/{paymentId}', { paymentId: payment.id }, options)
    }
  }

  return {
    agentId,
    signal,
    wedi,

    async pay({ amount, ...intent }) {
      const input = { ...intent, amount: String(amount), agentId, taskId: task.id }
      // Of this attempt alone: a new one is judged anew. That no two of them pay is the server's to see to, by the task.
      const idempotencyKey = `task:${task.id}:${work.fencingToken}:${++asked}`
      try {
        return await settled(await wedi.post('/v1/payments', input, { ...options, idempotencyKey }))
      } catch (error) {
        if (!(error instanceof WediError) || error.code !== 'payment.taskTaken') throw error
        const earlier = await standing(work, input)
        if (earlier === undefined) throw error
        return settled(earlier)
      }
    },

    decide: (decision) =>
      wedi.post('/v1/agents/{agentId}/decisions', { ...decision, agentId, taskId: task.id }, options),
  }
}

const LOOK_EVERY_MS = 1_000

const hasFailed = ({ status }: Payment): boolean => ['FAILED', 'REVERTED', 'CANCELED'].includes(status)

/** The payment of an earlier attempt that was for just this; undefined when it was another's or for something else. */
async function standing({ wedi, task, signal, retryForMs }: Work, input: PaymentInput): Promise<Payment | undefined> {
  const { data } = await wedi.get('/v1/payments', { taskId: task.id }, { signal, retryForMs })
  return data.find((each) => !hasFailed(each) && meaningOf(each) === meaningOf(input))
}

/** Addresses are written in many ways. */
const meaningOf = ({ payee, amount, asset }: Pick<Payment, 'payee' | 'amount' | 'asset'>): string =>
  `${payee.slice(-40)} ${amount} ${asset}`.toLowerCase()
