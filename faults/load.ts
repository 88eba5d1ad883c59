import { setTimeout as pause } from 'node:timers/promises'
import { type AskedPayment, type AskedTask, type Book, notePayment, noteTask } from './asked.ts'
import type { Request } from './caller.ts'
import type { Random } from './random.ts'
import { accountOf, capabilityOf, type Payer, type Tenant } from './tenant.ts'

export interface Load {
  /** Ends the actors, then asks for whatever was never answered until it is. */
  finish(deadlineMs: number): Promise<void>
  /** Of everything that was asked. */
  readonly requests: () => number
}

interface LoadOptions {
  readonly actors: number
  readonly random: Random
  /** Ends it when everything broke down. */
  readonly signal: AbortSignal
}

interface Actor {
  readonly tenant: Tenant
  readonly book: Book
  readonly random: Random
  readonly raises: Map<string, number>
  readonly nextNumber: () => number
  readonly name: string
}

type Act = (actor: Actor) => Promise<void>

/** Each with its weight. */
const ACTS: readonly (readonly [number, Act])[] = [
  [50, pay],
  [10, payAgain],
  [14, submitTask],
  [3, submitTaskAgain],
  [9, answerApproval],
  [5, cancelPayment],
  [2, cancelTask],
  [3, changeCapability],
  [4, readLimits],
]
const TOTAL_WEIGHT = ACTS.reduce((sum, [weight]) => sum + weight, 0)

/** Actors who ask for things without pause, each by its own stream of choices. */
export function startLoad(tenant: Tenant, book: Book, { actors, random, signal }: LoadOptions): Load {
  let isOver = false
  let number = 0
  let requests = 0
  const raises = new Map<string, number>()

  async function perform(name: string): Promise<void> {
    const own = random.stream(name)
    const actor: Actor = { tenant, book, random: own, raises, nextNumber: () => ++number, name }
    while (!isOver && !signal.aborted) {
      requests += 1
      await actOf(own)(actor)
      await pause(own.between(10, 160))
    }
  }

  const running = Array.from({ length: actors }, (_, at) => perform(`actor-${at}`))
  return {
    requests: () => requests,
    async finish(deadlineMs) {
      isOver = true
      await Promise.all(running)
      await askAgain(tenant, book, deadlineMs)
    },
  }
}

const ASKERS = 8

/** Whatever was never answered is asked for with its key until it is. */
async function askAgain({ admin }: Tenant, book: Book, deadlineMs: number): Promise<void> {
  const left = [
    ...book.payments
      .filter(({ isAnswered }) => !isAnswered)
      .map((asked) => async () => {
        const answered = await admin.surely(requestOf(asked), deadlineMs)
        if (answered) notePayment(book, asked, answered)
      }),
    ...book.tasks
      .filter(({ isAnswered }) => !isAnswered)
      .map((asked) => async () => {
        const answered = await admin.surely(taskRequestOf(asked), deadlineMs)
        if (answered) noteTask(book, asked, answered)
      }),
  ]
  const ask = async () => {
    for (let next = left.pop(); next; next = left.pop()) await next()
  }
  await Promise.all(Array.from({ length: ASKERS }, ask))
}

function actOf(random: Random): Act {
  let rest = random.next() * TOTAL_WEIGHT
  for (const [weight, act] of ACTS) {
    rest -= weight
    if (rest < 0) return act
  }
  return pay
}

/** Unique in the seed: whatever is seen on chain belongs to one request. */
const amountOf = (number: number): string => String(1000 + number)

async function pay(actor: Actor): Promise<void> {
  const { tenant, book, random, nextNumber, name } = actor
  const number = nextNumber()
  const payee = random.chance(0.3) ? random.pick(tenant.regulars) : accountOf(`${name}/${number}`)
  const asset = random.chance(0.15) ? tenant.coin : tenant.token
  const body = { agentId: random.pick(tenant.agents).id, payee, amount: amountOf(number), asset }
  const asked: AskedPayment = { key: `pay-${number}`, body, ids: new Set(), denials: new Set(), isAnswered: false }
  book.payments.push(asked)
  const isDouble = random.chance(0.15)
  const retries = random.between(0, 3)
  await Promise.all([send(actor, asked), isDouble && send(actor, asked)])
  for (let left = retries; left > 0 && !asked.isAnswered; left--) await send(actor, asked)
}

async function payAgain(actor: Actor): Promise<void> {
  if (actor.book.payments.length > 0) await send(actor, actor.random.pick(actor.book.payments))
}

async function send({ tenant, book }: Actor, asked: AskedPayment): Promise<void> {
  const { method, path, body, headers } = requestOf(asked)
  const answered = await tenant.admin.once(method, path, body, headers)
  if (answered) notePayment(book, asked, answered)
}

const requestOf = ({ key, body }: AskedPayment): Request => ({
  ...{ method: 'POST', path: '/v1/payments', body, headers: { 'idempotency-key': key } },
})

async function submitTask(actor: Actor): Promise<void> {
  const { tenant, book, random, nextNumber, name } = actor
  const number = nextNumber()
  const payload = { payee: accountOf(`${name}/${number}`), amount: amountOf(number), asset: tenant.token }
  const asked: AskedTask = {
    key: `task-${number}`,
    dedupeKey: `work-${number}`,
    payload,
    ids: new Set(),
    isAnswered: false,
  }
  book.tasks.push(asked)
  const retries = random.between(0, 3)
  await sendTask(actor, asked)
  for (let left = retries; left > 0 && !asked.isAnswered; left--) await sendTask(actor, asked)
}

async function submitTaskAgain(actor: Actor): Promise<void> {
  if (actor.book.tasks.length > 0) await sendTask(actor, actor.random.pick(actor.book.tasks))
}

async function sendTask({ tenant, book }: Actor, asked: AskedTask): Promise<void> {
  const { method, path, body, headers } = taskRequestOf(asked)
  const answered = await tenant.admin.once(method, path, body, headers)
  if (answered) noteTask(book, asked, answered)
}

const taskRequestOf = ({ key, dedupeKey, payload }: AskedTask): Request => ({
  ...{ method: 'POST', path: '/v1/tasks', headers: { 'idempotency-key': key } },
  body: { type: 'payment', dedupeKey, payload },
})

async function answerApproval({ tenant, random }: Actor): Promise<void> {
  const waiting = await tenant.approver.once('GET', '/v1/approvals?status=PENDING&limit=20')
  const list = (waiting?.body.data ?? []) as { id: string }[]
  const answer = random.chance(0.75) ? 'approve' : 'reject'
  const at = random.next()
  const isDouble = random.chance(0.2)
  const chosen = list[Math.floor(at * list.length)]
  if (!chosen) return
  const path = `/v1/approvals/${chosen.id}`
  await Promise.all([
    tenant.approver.once('POST', `${path}/${answer}`, {}),
    isDouble && tenant.approver.once('POST', `${path}/reject`, {}),
  ])
}

async function cancelPayment({ tenant, book, random }: Actor): Promise<void> {
  if (book.payments.length === 0) return
  const [id] = random.pick(book.payments.slice(-10)).ids
  if (id !== undefined) await tenant.admin.once('POST', `/v1/payments/${id}/cancel`, {})
}

async function cancelTask({ tenant, book, random }: Actor): Promise<void> {
  if (book.tasks.length === 0) return
  const [id] = random.pick(book.tasks.slice(-10)).ids
  if (id !== undefined) await tenant.admin.once('POST', `/v1/tasks/${id}/cancel`, {})
}

/** Raises an agent's caps, or forbids a payee and allows it again with the next change. */
async function changeCapability({ tenant, random, raises }: Actor): Promise<void> {
  const { id, plan }: Payer = random.pick(tenant.agents)
  const deny = random.chance(0.5) ? [random.pick(tenant.regulars)] : []
  const raise = (raises.get(id) ?? 0) + random.pick([0, 3000, 8000])
  const path = `/v1/agents/${id}/capability`
  const etag = (await tenant.admin.once('GET', path))?.headers.get('etag')
  if (!etag) return
  // Noted before it is asked for, and asked for at this revision only: a change that is done late must not lower the caps.
  raises.set(id, Math.max(raise, raises.get(id) ?? 0))
  const body = capabilityOf(plan, tenant, { raise, deny })
  await tenant.admin.once('PUT', path, body, { 'if-match': etag })
}

interface LimitSeen {
  readonly limitId: string
  readonly cap: string | null
  readonly spent: string
  readonly reserved: string
  readonly maxCount: number | null
  readonly spentCount: number
  readonly reservedCount: number
}

async function readLimits({ tenant, book, random }: Actor): Promise<void> {
  const answered = await tenant.admin.once('GET', `/v1/agents/${random.pick(tenant.agents).id}/limits`)
  for (const limit of (answered?.body.data ?? []) as LimitSeen[]) {
    const isOver = limit.cap !== null && BigInt(limit.spent) + BigInt(limit.reserved) > BigInt(limit.cap)
    const isOften = limit.maxCount !== null && limit.spentCount + limit.reservedCount > limit.maxCount
    if (isOver || isOften) book.odd.push(`GET limits shows more than the cap: ${JSON.stringify(limit)}`)
  }
}
