import { setTimeout as pause } from 'node:timers/promises'
import type { Answered } from '../caller.ts'
import type { Random } from '../random.ts'
import { accountOf } from '../tenant.ts'
import type { Work } from './agent.ts'
import type { Worker } from './crew.ts'
import { NOBODYS_TYPE, RARE_TAG, TYPES } from './plan.ts'
import type { Workshop } from './tenant.ts'
import { MOST_WAITING } from './watch.ts'

/** A task somebody asked for, and what was said about it. */
export interface Submitted {
  readonly key: string
  readonly body: Readonly<Record<string, unknown>>
  readonly kind: Kind
  readonly pinnedTo?: Worker
  /** Of every answer that names it: it has one. */
  readonly ids: Set<string>
  isAnswered: boolean
  /** Its deadline had passed for the server it came to. */
  isRefused: boolean
}

export type Kind = 'work' | 'pinned' | 'keyed' | 'urgent' | 'poison' | 'paying' | 'hosted' | 'nobody'

export interface TaskBook {
  readonly tasks: Submitted[]
  readonly odd: string[]
  /** Agents that will take nothing any more. */
  readonly retired: Set<string>
}

export const newTaskBook = (): TaskBook => ({ tasks: [], odd: [], retired: new Set() })

export interface TaskLoad {
  finish(deadlineMs: number): Promise<void>
}

interface LoadOptions {
  readonly submitters: number
  readonly random: Random
  readonly hasPoison: boolean
  /** Tasks that nobody has taken yet. */
  readonly waiting: () => number
  readonly signal: AbortSignal
}

const KINDS: readonly (readonly [number, Kind])[] = [
  [66, 'work'],
  [5, 'pinned'],
  [10, 'keyed'],
  [4, 'urgent'],
  [5, 'paying'],
  [6, 'hosted'],
  [1, 'nobody'],
]
const MOST_POISON = 2
const POISON_ATTEMPTS = 2
const LONGEST_PAUSE_MS = 500

/** Clients that ask for work without pause, each by its own stream of choices. */
export function startTaskLoad(workshop: Workshop, book: TaskBook, options: LoadOptions): TaskLoad {
  const { submitters, random, hasPoison, waiting, signal } = options
  let isOver = false
  let number = 0
  let poison = hasPoison ? MOST_POISON : 0

  async function submitWithoutEnd(own: Random): Promise<void> {
    while (!isOver && !signal.aborted) {
      const isPoison = poison > 0 && own.chance(0.03)
      if (isPoison) poison -= 1
      const kind = isPoison ? 'poison' : kindOf(own)
      const asked = taskOf(kind, ++number, own, workshop)
      book.tasks.push(asked)
      const isTwice = own.chance(0.15)
      await Promise.all([submit(workshop, book, asked), isTwice && submit(workshop, book, asked)])
      do await pause(own.between(20, LONGEST_PAUSE_MS))
      while (waiting() > MOST_WAITING && !isOver && !signal.aborted)
    }
  }

  const running = Array.from({ length: submitters }, (_, at) => submitWithoutEnd(random.stream(`submitter ${at}`)))
  return {
    async finish(deadlineMs) {
      isOver = true
      await Promise.all(running)
      for (const asked of book.tasks.filter(({ isAnswered }) => !isAnswered)) {
        const answered = await workshop.admin.surely(requestOf(asked), deadlineMs)
        if (answered) noteAnswer(book, asked, answered)
      }
    },
  }
}

function kindOf(random: Random): Kind {
  let rest = random.next() * KINDS.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, kind] of KINDS) {
    rest -= weight
    if (rest < 0) return kind
  }
  return 'work'
}

function taskOf(kind: Kind, number: number, random: Random, { workers, token }: Workshop): Submitted {
  const pay = { payee: accountOf(`tasks/${random.next()}`), amount: String(1000 + number), asset: token }
  const work: Work = { workMs: random.pick([0, 50, 300, 800, 1500, 4000]) }
  const common = {
    ...{ type: random.pick(TYPES), payload: work, priority: random.between(0, 9) },
    ...(random.chance(0.3) && { dedupeKey: `work-${number}` }),
    ...(random.chance(0.1) && { requires: { tags: [RARE_TAG] } }),
  }
  const pinnedTo = kind === 'pinned' ? random.pick(workers) : undefined
  const body = { ...common, ...(pinnedTo ? pinTo(pinnedTo, random) : special(kind, random, pay)) }
  return {
    key: `task-${number}`,
    body,
    kind,
    ...(pinnedTo && { pinnedTo }),
    ids: new Set(),
    isAnswered: false,
    isRefused: false,
  }
}

const pinTo = ({ id }: Worker, random: Random) => ({ type: random.pick(TYPES), requires: {}, agentId: id })

function special(kind: Kind, random: Random, pay: NonNullable<Work['pay']>): object {
  switch (kind) {
    case 'work':
    case 'pinned':
      return {}
    case 'keyed':
      return { fairnessKey: random.pick(['narrow', 'small']), payload: { workMs: random.pick([100, 500, 1000]) } }
    case 'urgent':
      return { deadlineAt: new Date(Date.now() + random.between(1000, 20_000)).toISOString() }
    case 'poison':
      return { maxAttempts: POISON_ATTEMPTS, payload: { workMs: 0, poison: random.pick(['crash', 'reject']) } }
    case 'paying':
      return { payload: { workMs: random.pick([0, 300]), pay } }
    case 'hosted':
      return { type: 'payment', payload: pay, requires: {} }
    case 'nobody':
      return { type: NOBODYS_TYPE }
  }
}

const requestOf = ({ key, body }: Submitted) => ({
  ...{ method: 'POST', path: '/v1/tasks', body, headers: { 'idempotency-key': key } },
})

async function submit({ admin }: Workshop, book: TaskBook, asked: Submitted): Promise<void> {
  const { method, path, body, headers } = requestOf(asked)
  const answered = await admin.once(method, path, body, headers)
  if (answered) noteAnswer(book, asked, answered)
}

function noteAnswer(book: TaskBook, asked: Submitted, { status, body }: Answered): void {
  if (status === 201) asked.ids.add(String(body.id))
  else if (status === 409 && body.code === 'task.duplicate' && body.taskId !== undefined)
    asked.ids.add(String(body.taskId))
  else if (status === 400 && asked.kind === 'urgent') asked.isRefused = true
  else if (status < 500 && status !== 429 && body.code !== 'idempotency.in_progress')
    book.odd.push(`POST /v1/tasks ${asked.key} (${asked.kind}): ${status} ${JSON.stringify(body)}`)
  asked.isAnswered = asked.ids.size > 0 || asked.isRefused
}
