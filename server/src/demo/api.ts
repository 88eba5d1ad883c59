import { setTimeout as pause } from 'node:timers/promises'

/** The little of the public API that the demo reads. */
export interface Reason {
  readonly code: string
  readonly [figure: string]: unknown
}

export interface Task {
  readonly id: string
  readonly status: 'QUEUED' | 'ASSIGNED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'DEAD'
  readonly isParked: boolean
  readonly assignedAgentId: string | null
  readonly unassignableReason: string | null
  readonly paymentId: string | null
  readonly error: { code: string; detail: string; decisionId?: string; reasons?: Reason[] } | null
  readonly createdAt: string
}

export interface Payment {
  readonly id: string
  readonly walletId: string
  readonly payee: string
  readonly amount: string
  readonly asset: string
  readonly status: string
  readonly approvalId: string | null
  readonly settledAt: string | null
}

/** An answer that was not a success. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly members: Record<string, unknown>

  constructor(what: string, status: number, problem: Record<string, unknown>) {
    super(`${what} answered ${status}: ${problem.detail ?? problem.code ?? 'no reason given'}`)
    this.status = status
    this.code = String(problem.code ?? '')
    this.members = problem
  }
}

interface Page<T> {
  data: T[]
  nextCursor: string | null
}

export type Api = ReturnType<typeof apiClient>

const TRIES = 6
const PAUSE_MS = 150
const TIMEOUT_MS = 15_000
const PAGE = 200

/** Speaks to this server as any client would. */
export function apiClient({ address, key, signal }: { address: string; key: string; signal: AbortSignal }) {
  async function request<T>(method: string, path: string, sent: { body?: unknown; idempotencyKey?: string } = {}) {
    const { body, idempotencyKey } = sent
    const response = await fetch(`${address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    const answer: unknown = await response.json()
    if (!response.ok) throw new Refused(`${method} ${path}`, response.status, answer as Record<string, unknown>)
    return answer as T
  }

  /** Only for what may be done twice: reads, and writes with an Idempotency-Key. */
  async function patiently<T>(act: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act()
      } catch (error) {
        if (!isPassing(error) || attempt === TRIES) throw error
        await pause(PAUSE_MS * attempt, undefined, { signal })
      }
    }
  }

  return {
    get: <T>(path: string) => patiently(() => request<T>('GET', path)),

    post: <T>(path: string, body: unknown) => request<T>('POST', path, { body }),

    create: <T>(path: string, body: unknown, idempotencyKey: string) =>
      patiently(() => request<T>('POST', path, { body, idempotencyKey })),

    /** Everything a list holds; undefined when that is more than so many pages. */
    async all<T>(path: string, { maxPages }: { maxPages: number }): Promise<T[] | undefined> {
      const found: T[] = []
      let cursor = ''
      for (let page = 1; page <= maxPages; page++) {
        const next = `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}${cursor}`
        const { data, nextCursor } = await patiently(() => request<Page<T>>('GET', next))
        found.push(...data)
        if (nextCursor === null) return found
        cursor = `&cursor=${nextCursor}`
      }
      return undefined
    },
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof Refused && (error.status === 429 || error.status === 503 || error.code === 'idempotency.in_progress')

/** Asks until there is an answer; throws with what was waited for when it takes too long. */
export async function waitFor<T>(what: string, limits: Waiting, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + limits.timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${limits.timeoutMs / 1000} s`)
    await pause(limits.everyMs, undefined, { signal: limits.signal })
  }
}

interface Waiting {
  readonly timeoutMs: number
  readonly everyMs: number
  readonly signal: AbortSignal
}
