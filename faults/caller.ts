import { setTimeout as pause } from 'node:timers/promises'

const TIMEOUT_MS = 12_000
const RETRY_MS = 50
/** Before it is given up when no server is up. */
const NOBODY_MS = 200

export interface Answered {
  readonly status: number
  readonly headers: Headers
  // Anything the API answers; each reader looks at the fields it knows.
  readonly body: Readonly<Record<string, unknown>>
}

/** Speaks to whichever server is up, as a client behind a load balancer does. */
export interface Caller {
  /** Undefined when the answer was lost: nobody knows then what was done. */
  once(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answered | undefined>
  /** Asks again, the same, until somebody gives an answer that is no mere «not now». Undefined at the deadline. */
  surely(request: Request, deadlineMs: number): Promise<Answered | undefined>
  /** With another key. */
  as(key: string): Caller
}

export interface Request {
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export interface CallerOptions {
  readonly ready: () => string[]
  readonly key: string
  /** Told of every answer, and of every one that was lost. */
  readonly onAnswer: (request: Request, answered: Answered | undefined, ms: number) => void
}

export function callerOf({ ready, key, onAnswer }: CallerOptions): Caller {
  let turn = 0

  async function once(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const servers = ready()
    const server = servers[turn++ % Math.max(1, servers.length)]
    if (server === undefined) {
      await pause(NOBODY_MS)
      return undefined
    }
    const begun = performance.now()
    const tell = (answered?: Answered) => onAnswer({ method, path }, answered, performance.now() - begun)
    try {
      const response = await fetch(`${server}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, ...(body !== undefined && JSON_TYPE), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      const text = await response.text()
      const answered = { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
      tell(answered)
      return answered
    } catch {
      tell()
      return undefined
    }
  }

  return {
    once,
    async surely({ method, path, body, headers }, deadlineMs) {
      const deadline = performance.now() + deadlineMs
      for (;;) {
        const answered = await once(method, path, body, headers)
        if (answered && !isNotNow(answered)) return answered
        if (performance.now() > deadline) return undefined
        await pause(RETRY_MS)
      }
    },
    as: (other) => callerOf({ ready, key: other, onAnswer }),
  }
}

const JSON_TYPE = { 'content-type': 'application/json' }
const NOT_NOW = ['idempotency.in_progress', 'payment.contended']

/** An answer that says nothing about the request itself. */
export const isNotNow = ({ status, body }: Answered): boolean =>
  status >= 500 || status === 429 || NOT_NOW.includes(String(body.code))
