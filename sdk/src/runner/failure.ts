import { WediError } from '../error.ts'
import type { Payment } from '../operations.ts'

/** What a task's failure says. */
export interface Failure {
  readonly code: string
  readonly detail: string
  /** False: another attempt would end the same way. */
  readonly retryable: boolean
}

/** Thrown by a program to say how its task failed. Anything else it throws is `program.<name>`, worth another attempt. */
export class TaskFailure extends Error implements Failure {
  override readonly name = 'TaskFailure'
  readonly code: string
  readonly detail: string
  readonly retryable: boolean

  constructor({ code, detail, retryable }: Failure) {
    super(`${code}: ${detail}`)
    this.code = code
    this.detail = detail
    this.retryable = retryable
  }
}

/** The payment ended and the money did not move. */
export class PaymentFailed extends TaskFailure {
  readonly payment: Payment

  constructor(payment: Payment) {
    const { code = 'payment.failed', detail = `The payment is ${payment.status}.` } = payment.failure ?? {}
    super({ code, detail, retryable: false })
    this.payment = payment
  }
}

/** Why a program's signal is aborted: whatever it does from now on, its task does not hear of. */
export class TaskLost extends Error {
  override readonly name = 'TaskLost'
}

const MAX_CODE = 60
const MAX_DETAIL = 500

/** A refusal stays one when it is asked again; what was only not to be had is tried again. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof TaskFailure) return thrown
  if (thrown instanceof WediError) {
    const { code, detail, status } = thrown
    return { code, detail, retryable: status < 400 || status === 429 || status >= 500 }
  }
  const { name, message } = thrown instanceof Error ? thrown : { name: 'Error', message: String(thrown) }
  const kind = name.replace(/[^A-Za-z0-9]/g, '').slice(0, MAX_CODE) || 'Error'
  return {
    code: `program.${kind}`,
    detail: tellable(message).slice(0, MAX_DETAIL).toWellFormed() || kind,
    retryable: true,
  }
}

/** In place of a failure whose words no server takes: that there was one has to be heard. */
export const untold = ({ retryable }: Failure): Failure => ({
  ...{ code: 'program.Error', detail: 'Its failure could not be told.', retryable },
})

/** A database's text has no NUL in it. */
const tellable = (text: string): string => text.replaceAll('\0', '')
