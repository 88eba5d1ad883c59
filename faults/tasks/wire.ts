import { setTimeout as pause } from 'node:timers/promises'

const RETRY_MS = 100

export interface Heard {
  readonly status: number
  readonly code: string
  readonly body: Readonly<Record<string, unknown>>
}

/** How an agent speaks to Wedi: plain HTTP, to the next server when one does not answer. */
export interface Wire {
  /** Undefined when no answer came: nobody knows then what was done. */
  post(
    path: string,
    body: unknown,
    how: { timeoutMs: number; key?: string; signal?: AbortSignal },
  ): Promise<Heard | undefined>
  /** Says the same until it gets an answer that is more than «not now»; undefined at the deadline. */
  postSurely(path: string, body: unknown, how: { deadlineMs: number; key?: string }): Promise<Heard | undefined>
}

const SURELY_TIMEOUT_MS = 5000

interface WireOptions {
  readonly urls: readonly string[]
  readonly credential: string
  /** Where it begins. */
  readonly first: number
  /** Told of answers nobody should ever get. */
  readonly onOdd: (what: string) => void
}

export function wireTo({ urls, credential, first, onOdd }: WireOptions): Wire {
  let at = first
  const post: Wire['post'] = async (path, body, { timeoutMs, key, signal }) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const response = await fetch(`${urls[at % urls.length]}${path}`, {
        method: 'POST',
        headers: {
          ...{ authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
          ...(key !== undefined && { 'idempotency-key': key }),
        },
        body: JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      const answer = (await response.json()) as Record<string, unknown>
      if (response.status === 500) onOdd(`POST ${path}: 500 ${answer.code}`)
      return { status: response.status, code: String(answer.code ?? ''), body: answer }
    } catch {
      at += 1
      return undefined
    }
  }
  return {
    post,
    async postSurely(path, body, { deadlineMs, ...how }) {
      const deadline = performance.now() + deadlineMs
      while (performance.now() < deadline) {
        const heard = await post(path, body, { timeoutMs: SURELY_TIMEOUT_MS, ...how })
        if (heard && !isNotNow(heard)) return heard
        await pause(RETRY_MS)
      }
      return undefined
    },
  }
}

export const isNotNow = ({ status, code }: Heard): boolean =>
  status >= 500 || status === 429 || code === 'idempotency.in_progress' || code === 'payment.contended'
