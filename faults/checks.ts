import type { FakeEngine } from '../server/test/support/fake-engine.ts'
import type { Book } from './asked.ts'
import type { FaultyChain, Moved } from './chain.ts'
import type { Findings } from './invariants.ts'
import type { BreakSeen, Ledger, PaymentSeen, TaskSeen } from './ledger.ts'
import type { Tenant } from './tenant.ts'
import { judgeCounter } from './watch.ts'

/** What is known when everything is quiet: what clients were told, what the tables say, what the chain did. */
export interface Evidence {
  readonly book: Book
  readonly payments: readonly PaymentSeen[]
  readonly tasks: readonly TaskSeen[]
  readonly denials: ReadonlySet<string>
  readonly moved: readonly Moved[]
  readonly breaks: readonly BreakSeen[]
  readonly frozen: readonly string[]
  /** The Engine itself pays more than it was told. */
  readonly isTheftMeant: boolean
  readonly tenant: Tenant
  readonly engine: FakeEngine | undefined
}

export const SETTLED = ['CONFIRMED', 'REVERTED', 'FAILED', 'CANCELED']
const NOT_PAID = ['HELD', 'RESERVED', 'REVERTED', 'FAILED', 'CANCELED']

export async function checkAll(
  { ledger, chain, findings }: { ledger: Ledger; chain: FaultyChain; findings: Findings },
  known: Pick<Evidence, 'book' | 'tenant' | 'engine' | 'isTheftMeant'>,
): Promise<Evidence> {
  const [payments, tasks, denials, counters, overdue, breaks, frozen, moved] = await Promise.all([
    ...([ledger.payments(), ledger.tasks(), ledger.denials(), ledger.counters(), ledger.overdueJobs()] as const),
    ...([ledger.breaks(), ledger.frozenByItself(), chain.movedSince(known.tenant.sinceBlock)] as const),
  ])
  const evidence = { ...known, payments, tasks, denials: new Set(denials), moved, breaks, frozen }
  for (const counter of counters) judgeCounter(counter, findings)
  for (const payment of payments) checkPayment(payment, evidence, findings)
  for (const payment of payments.filter((each) => !isExplained(each, evidence)))
    findings.add('stuck', `payment ${payment.id} (${payment.status}): ${await ledger.storyOf(payment.id)}`)
  checkMoney(evidence, findings)
  checkAnswers(evidence, findings)
  checkTasks(evidence, findings)
  checkAlarms(evidence, findings)
  for (const job of overdue) findings.add('stuck', `job ${job}`)
  for (const what of known.book.odd) findings.add('odd answer', what)
  return evidence
}

function checkPayment(payment: PaymentSeen, evidence: Evidence, findings: Findings): void {
  const { id, status, reservations, limits, requested, ends } = payment
  const about = `payment ${id} (${status}, ${payment.failure})`
  const effects = effectsOf(payment, evidence)
  const paid = effects.length
  for (const { hash } of effects) checkHash(payment, hash, evidence, findings)
  if (paid > 1 && !evidence.isTheftMeant) findings.add('paid twice', `${about}: ${paid} times`)
  if (status === 'CONFIRMED' && paid === 0) findings.add('confirmed but not paid', about)
  if (NOT_PAID.includes(status) && paid > 0) findings.add('paid without right', about)

  const expected = status === 'CONFIRMED' ? 'SPENT' : SETTLED.includes(status) ? 'RELEASED' : 'RESERVED'
  if (reservations.length !== limits || reservations.some((each) => each !== expected))
    findings.add('books differ', `${about}: ${reservations.join()} against ${limits} limits`)

  const end = SETTLED.includes(status) ? [`payment.${status.toLowerCase()}`] : []
  if (requested !== 1 || ends.join() !== end.join())
    findings.add('not recorded', `${about}: requested ${requested} times, ended by ${ends.join() || 'nothing'}`)
}

/** Which of its transactions is mined does not matter, but it is one that was signed to pay. */
function checkHash(payment: PaymentSeen, hash: string, { isTheftMeant }: Evidence, findings: Findings): void {
  const { id, status, payHashes, cancelHashes } = payment
  if (cancelHashes.includes(hash)) findings.add('paid without right', `payment ${id}: ${hash} was to move nothing`)
  const isOwn = payHashes.includes(hash) || payHashes.length === 0
  if (!isOwn) findings.add('paid without right', `payment ${id}: ${hash} is not its own`)
  if (status === 'CONFIRMED' && payment.hash !== hash && !isTheftMeant)
    findings.add('confirmed but not paid', `payment ${id} names ${payment.hash}, and ${hash} is what paid it`)
}

/** Amounts are unique in a seed, so an effect belongs to whoever asked for exactly it. */
const effectsOf = (payment: PaymentSeen, { moved }: Evidence): Moved[] =>
  moved.filter(
    ({ from, to, value, asset }) =>
      from.toLowerCase() === payment.address.toLowerCase() &&
      to.toLowerCase() === payment.payee.toLowerCase() &&
      String(value) === payment.amount &&
      (asset === 'token') === payment.asset.includes('/erc20:'),
  )

/** It is over, waits for a person, or says what it waits for. */
export function isExplained(
  { id, agentId, status, approval, failure, walletId, queueId }: PaymentSeen,
  evidence: Pick<Evidence, 'payments' | 'engine' | 'frozen'>,
): boolean {
  if (SETTLED.includes(status)) return true
  if (status === 'HELD') return approval === 'PENDING'
  if (status === 'UNKNOWN') return failure !== null
  // Reconciliation froze its agent: a person has to look first.
  if (failure === 'payment.frozen' && evidence.frozen.includes(agentId)) return true
  // A queue takes one payment of a wallet at a time: the next waits until the one before is known.
  if (status === 'RESERVED')
    return evidence.payments.some(
      (other) => other.id !== id && other.walletId === walletId && ['UNKNOWN', 'SUBMITTED'].includes(other.status),
    )
  return status === 'SUBMITTED' && queueId !== null && evidence.engine?.transactions.get(queueId)?.status === 'queued'
}

/** Every movement out of a wallet of ours is some payment's, once. */
function checkMoney({ payments, moved, tenant, book, isTheftMeant }: Evidence, findings: Findings): void {
  const ours = new Set(tenant.agents.map(({ address }) => address.toLowerCase()))
  const seen = new Map<string, string>()
  for (const { from, to, value, asset, hash } of moved) {
    if (!ours.has(from.toLowerCase())) continue
    const what = `${value} ${asset} to ${to}`
    const isMeant = payments.some(
      ({ payee, amount, asset: named }) =>
        payee.toLowerCase() === to.toLowerCase() &&
        amount === String(value) &&
        named.includes('/erc20:') === (asset === 'token'),
    )
    if (!isMeant) findings.add('paid without right', `${what} in ${hash}`)
    const earlier = seen.get(what)
    if (earlier !== undefined && !isTheftMeant) findings.add('paid twice', `${what} in ${earlier} and ${hash}`)
    seen.set(what, hash)
  }
  for (const { key, body, ids } of book.payments) {
    const effects = moved.filter(({ to, value }) => to === body.payee && String(value) === body.amount)
    if (ids.size === 0 && effects.length > 0) findings.add('paid without right', `${key} was denied, and paid`)
  }
}

function checkAnswers({ book, payments, denials }: Evidence, findings: Findings): void {
  const byId = new Map(payments.map((payment) => [payment.id, payment]))
  for (const { key, ids, denials: denied, isAnswered, body } of book.payments) {
    if (!isAnswered) findings.add('acknowledged but lost', `${key} was never answered`)
    if (ids.size + denied.size > 1) findings.add('one key, two answers', `${key}: ${[...ids, ...denied].join()}`)
    for (const id of ids) {
      const payment = byId.get(id)
      if (!payment) findings.add('acknowledged but lost', `${key}: there is no payment ${id}`)
      else if (payment.amount !== body.amount || payment.payee !== body.payee)
        findings.add('one key, two answers', `${key}: payment ${id} is another one`)
    }
    for (const id of denied) if (!denials.has(id)) findings.add('not recorded', `${key}: there is no denial ${id}`)
  }
  const asked = new Map<string, number>()
  for (const { amount } of payments) asked.set(amount, (asked.get(amount) ?? 0) + 1)
  for (const { key, body } of book.payments)
    if ((asked.get(body.amount) ?? 0) > 1) findings.add('one key, two answers', `${key} has several payments`)
}

const TASK_OVER = ['SUCCEEDED', 'FAILED', 'CANCELED', 'DEAD']

function checkTasks({ book, tasks, payments }: Evidence, findings: Findings): void {
  const byId = new Map(tasks.map((task) => [task.id, task]))
  const open = new Set(payments.filter(({ status }) => !SETTLED.includes(status)).map(({ id }) => id))
  for (const { key, ids, isAnswered } of book.tasks) {
    if (!isAnswered) findings.add('acknowledged but lost', `${key} was never answered`)
    if (ids.size > 1) findings.add('one key, two answers', `${key}: ${[...ids].join()}`)
    for (const id of ids) if (!byId.has(id)) findings.add('acknowledged but lost', `${key}: there is no task ${id}`)
  }
  for (const { id, status, reason, paymentId } of tasks) {
    const isExplained =
      TASK_OVER.includes(status) ||
      (status === 'QUEUED' && reason !== null) ||
      (paymentId !== null && open.has(paymentId))
    if (!isExplained) findings.add('stuck', `task ${id} (${status}, payment ${paymentId})`)
    const payment = payments.find((each) => each.id === paymentId)
    if (status === 'SUCCEEDED' && payment?.status !== 'CONFIRMED')
      findings.add('confirmed but not paid', `task ${id} succeeded with a payment that is ${payment?.status}`)
  }
}

/** A chain that loses blocks is worth saying; nobody is stopped for it. */
const OF_THE_CHAIN = ['chain.reorganized', 'payment.vanished']

/** Reconciliation says what was stolen, and nothing else. */
function checkAlarms(evidence: Evidence, findings: Findings): void {
  const { breaks, frozen, isTheftMeant, tenant, payments, moved } = evidence
  if (!isTheftMeant) {
    for (const { kind, subject, what } of breaks.filter((each) => !OF_THE_CHAIN.includes(each.kind)))
      findings.add('false alarm', `${kind} ${subject}: ${what}`)
    for (const id of frozen) findings.add('false alarm', `agent ${id} was frozen`)
    return
  }
  for (const { id, address } of tenant.agents) {
    const out = moved.filter(({ from }) => from.toLowerCase() === address.toLowerCase()).length
    const confirmed = payments.filter(({ agentId, status }) => agentId === id && status === 'CONFIRMED').length
    const isSeen = breaks.some(({ agentId, severity }) => agentId === id && severity === 'CRITICAL')
    if (out > confirmed && !(isSeen && frozen.includes(id)) && !isDoubtful(id, payments))
      findings.add('theft unseen', `${out} movements for ${confirmed} payments of agent ${id}`)
  }
}

/** While it is not known what a queue did with a payment, what is seen may be that payment. */
const isDoubtful = (id: string, payments: readonly PaymentSeen[]): boolean =>
  payments.some(({ agentId, status, queueId }) => agentId === id && queueId !== null && status === 'UNKNOWN')
