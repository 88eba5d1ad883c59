import type { Answered } from './caller.ts'

/** What was asked for and what was said about it: the side of the story that only a client knows. */

export interface PaymentBody {
  readonly agentId: string
  readonly payee: string
  readonly amount: string
  readonly asset: string
}

export interface AskedPayment {
  readonly key: string
  readonly body: PaymentBody
  /** Of every 201: one key has one. */
  readonly ids: Set<string>
  /** Decisions of every 403: one key has one, or an id, never both. */
  readonly denials: Set<string>
  isAnswered: boolean
}

export interface AskedTask {
  readonly key: string
  readonly dedupeKey: string
  readonly payload: Omit<PaymentBody, 'agentId'>
  readonly ids: Set<string>
  isAnswered: boolean
}

export interface Book {
  readonly payments: AskedPayment[]
  readonly tasks: AskedTask[]
  /** Answers nobody should ever get. */
  readonly odd: string[]
}

export const newBook = (): Book => ({ payments: [], tasks: [], odd: [] })

export function notePayment(book: Book, asked: AskedPayment, { status, body }: Answered): void {
  if (status === 201) asked.ids.add(String(body.id))
  else if (status === 403 && body.code === 'payment.denied') asked.denials.add(String(body.decisionId))
  else if (status < 500 && status !== 429 && body.code !== 'idempotency.in_progress')
    book.odd.push(`POST /v1/payments ${asked.key}: ${status} ${body.code}`)
  asked.isAnswered = asked.ids.size + asked.denials.size > 0
}

export function noteTask(book: Book, asked: AskedTask, { status, body }: Answered): void {
  if (status === 201) asked.ids.add(String(body.id))
  else if (status === 409 && body.code === 'task.duplicate' && body.taskId !== undefined)
    asked.ids.add(String(body.taskId))
  else if (status < 500 && status !== 429 && body.code !== 'idempotency.in_progress')
    book.odd.push(`POST /v1/tasks ${asked.key}: ${status} ${body.code}`)
  asked.isAnswered = asked.ids.size > 0
}
