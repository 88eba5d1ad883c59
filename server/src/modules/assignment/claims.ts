import type { TaskRow } from '@wedi/database'
import { Problem, requestProblems } from '#platform/problem'

/** How many requests may wait at once: each holds a connection of a client, none holds one of the database. */
const MAX_WAITING = 5000
const MAX_WAITING_PER_ORGANIZATION = 2000
/** However many processes an agent has, it leaves room for others. */
const MAX_WAITING_PER_AGENT = 256
/** One that asks again before it was answered is served as well; more than these are a fault. */
const MAX_WAITING_PER_INSTANCE = 16

export interface ClaimAsked {
  readonly agentId: string
  readonly instanceId: string
  readonly max: number
  readonly leaseSeconds: number
  readonly waitMs: number
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

export interface Claim extends ClaimAsked {
  readonly organizationId: string
  readonly settle: PromiseWithResolvers<TaskRow[]>
  /** A round is looking for it. Its time may be up meanwhile, but what it is given it gets. */
  isServed: boolean
  isOver: boolean
}

/** Remote agents that wait for work in this process, by organisation. */
export class Claims {
  readonly #waiting = new Map<string, Set<Claim>>()
  /** How many wait, by the ids of instances and of agents. */
  readonly #counts = new Map<string, number>()
  #count = 0
  #isClosed = false

  /** Waits until there is work, the time is up, or the client is gone: an empty answer then. */
  async wait(organizationId: string, asked: ClaimAsked, wake: () => void): Promise<TaskRow[]> {
    const waiting = (id: string) => this.#counts.get(id) ?? 0
    const ours = this.#waiting.get(organizationId)?.size ?? 0
    const isMuch = this.#count >= MAX_WAITING || ours >= MAX_WAITING_PER_ORGANIZATION
    const isMine =
      waiting(asked.instanceId) >= MAX_WAITING_PER_INSTANCE || waiting(asked.agentId) >= MAX_WAITING_PER_AGENT
    if (isMuch || isMine) {
      throw new Problem(requestProblems.tooMany, { members: { retryAfterSeconds: 1 } })
    }
    if (this.#isClosed || asked.signal.aborted) return []
    const claim: Claim = { ...asked, organizationId, settle: Promise.withResolvers(), isServed: false, isOver: false }
    const give = () => this.answer(claim, [])
    const giveUp = () => {
      claim.isOver = true
      if (!claim.isServed) give()
    }
    this.#add(claim)
    const timer = asked.waitMs > 0 ? setTimeout(giveUp, asked.waitMs) : undefined
    asked.signal.addEventListener('abort', give, { once: true })
    wake()
    try {
      return await claim.settle.promise
    } finally {
      clearTimeout(timer)
      asked.signal.removeEventListener('abort', give)
      this.#remove(claim)
    }
  }

  /** For a round, which says afterwards that it has looked for those it could not serve. */
  take(organizationId: string): Claim[] {
    const claims = [...(this.#waiting.get(organizationId) ?? [])]
    for (const claim of claims) claim.isServed = true
    return claims
  }

  organizations(): string[] {
    return [...this.#waiting.keys()]
  }

  /** False when nobody waits for the answer any more. */
  answer(claim: Claim, tasks: TaskRow[]): boolean {
    const isWaiting = this.#remove(claim)
    claim.settle.resolve(tasks)
    return isWaiting
  }

  refuse(claim: Claim, error: unknown): void {
    this.#remove(claim)
    claim.settle.reject(error)
  }

  /** A round has looked for these: who has waited long enough is answered, and who does not wait when it saw all. */
  lookedFor(claims: readonly Claim[], { hasMore }: { hasMore: boolean }): void {
    for (const claim of claims) {
      claim.isServed = false
      if (claim.isOver || (claim.waitMs === 0 && !hasMore)) this.answer(claim, [])
    }
  }

  /** Answers everyone, now and from now on. */
  close(): void {
    this.#isClosed = true
    for (const claims of this.#waiting.values()) for (const claim of claims) this.answer(claim, [])
  }

  #add(claim: Claim): void {
    const { organizationId } = claim
    const claims = this.#waiting.get(organizationId) ?? new Set()
    this.#waiting.set(organizationId, claims.add(claim))
    for (const id of [claim.instanceId, claim.agentId]) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1)
    this.#count++
  }

  /** At once, so that no round takes it for waiting. */
  #remove(claim: Claim): boolean {
    const { organizationId } = claim
    const claims = this.#waiting.get(organizationId)
    if (!claims?.delete(claim)) return false
    if (claims.size === 0) this.#waiting.delete(organizationId)
    for (const id of [claim.instanceId, claim.agentId]) {
      const left = (this.#counts.get(id) ?? 1) - 1
      if (left > 0) this.#counts.set(id, left)
      else this.#counts.delete(id)
    }
    this.#count--
    return true
  }
}
