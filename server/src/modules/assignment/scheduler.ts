import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TaskRow } from '@wedi/database'
import { isUnavailable } from '#platform/database/errors'
import { type ClaimAsked, Claims } from './claims.ts'
import type { AssignmentNeeds } from './needs.ts'
import type { RoundResult } from './round.ts'
import { laneStore } from './store/lanes.ts'

/** Each holds a connection for some milliseconds, and requests want theirs. */
const MAX_RUNNING = 4
/** What a killed process left, a lease that ran out, and what another process was given is seen within this time. */
const SWEEP_MS = 250
const SWEEP_LIMIT = 1000
/** Organisations with waiting claims that are looked at in one sweep, in turn. */
const POLLED = 50
const RETRY_MS = 500
/** How long a slot that a remote agent freed waits for the agent's next claim, which looks anyway. */
const FREED_MS = 10
/** What is left waiting says why so much later, not each time something is given out. */
const EXPLAIN_MS = 100

interface Needs extends Pick<AssignmentNeeds, 'database' | 'log'> {
  readonly round: (organizationId: string, claims: ReturnType<Claims['take']>) => Promise<RoundResult>
  /** Says why what is left waits. */
  readonly explain: (organizationId: string) => Promise<void>
  /** Tasks nobody took delivery of. */
  readonly giveBack: (organizationId: string, tasks: readonly TaskRow[]) => Promise<void>
}

/**
 * Runs rounds: of an organisation one at a time in this process, of many in turn, each short, so that nobody's backlog
 * keeps another waiting. Woken after commits; a sweep finds what other processes did or left.
 */
export class Scheduler {
  readonly claims = new Claims()
  readonly #needs: Needs
  readonly #waiting = new Set<string>()
  readonly #resting = new Map<string, NodeJS.Timeout>()
  readonly #running = new Map<string, Promise<void>>()
  /** Agents that a round just gave all there was: who of them claims again is looked for when there is news, or in the sweep. */
  readonly #sated = new Map<string, Set<string>>()
  /** Where such a one has claimed since the last sweep. */
  readonly #putOff = new Set<string>()
  readonly #freed = new Map<string, NodeJS.Timeout>()
  readonly #unexplained = new Map<string, NodeJS.Timeout>()
  #explaining = Promise.resolve()
  #polled = 0
  #sweeping: NodeJS.Timeout | undefined
  #sweep: Promise<void> | undefined
  #isStarted = false

  constructor(needs: Needs) {
    this.#needs = needs
  }

  /** There is something new in an organisation's queue. Cheap: called after each commit. */
  wake = (organizationId: string): void => {
    if (!this.#isStarted || this.#resting.has(organizationId)) return
    this.#waiting.add(organizationId)
    this.#pump()
  }

  /** These remote agents have a slot again, and may be about to claim. */
  freed = (organizationId: string, agentIds: readonly string[]): void => {
    for (const agentId of agentIds) this.#sated.get(organizationId)?.delete(agentId)
    if (!this.#isStarted || this.#freed.has(organizationId)) return
    const timer = setTimeout(() => this.wake(organizationId), FREED_MS)
    this.#freed.set(organizationId, timer)
  }

  /** What is given to who asks; empty when nothing came in time, or when this process does no such work. */
  async claim(organizationId: string, asked: ClaimAsked): Promise<TaskRow[]> {
    if (!this.#isStarted) return []
    return this.claims.wait(organizationId, asked, () => {
      const isSated = this.#sated.get(organizationId)?.has(asked.agentId)
      if (asked.waitMs === 0 || !isSated) this.wake(organizationId)
      else this.#putOff.add(organizationId)
    })
  }

  start(): void {
    this.#isStarted = true
    const sweep = () => {
      this.#sweep ??= this.#findDue().finally(() => {
        this.#sweep = undefined
      })
    }
    sweep()
    this.#sweeping = setInterval(sweep, SWEEP_MS)
  }

  /** Whoever waits for work is told that there is none; rounds that run come to their end. */
  async stop(): Promise<void> {
    this.#isStarted = false
    this.claims.close()
    this.#waiting.clear()
    clearInterval(this.#sweeping)
    for (const timers of [this.#resting, this.#freed, this.#unexplained])
      for (const timer of timers.values()) clearTimeout(timer)
    await this.#sweep
    await Promise.all([...this.#running.values(), this.#explaining])
  }

  #pump(): void {
    for (const organizationId of this.#waiting) {
      if (this.#running.size >= MAX_RUNNING) return
      if (this.#running.has(organizationId)) continue
      this.#waiting.delete(organizationId)
      const work = this.#attend(organizationId).finally(() => {
        this.#running.delete(organizationId)
        this.#pump()
      })
      this.#running.set(organizationId, work)
    }
  }

  async #attend(organizationId: string): Promise<void> {
    clearTimeout(this.#freed.get(organizationId))
    this.#freed.delete(organizationId)
    // Who asks in the same turn of the event loop is served by the same round.
    await nextTurn()
    this.#sated.delete(organizationId)
    const claims = this.claims.take(organizationId)
    try {
      const { hasMore, given, sated } = await this.#needs.round(organizationId, claims)
      const undelivered = [...given].flatMap(([claim, tasks]) => (this.claims.answer(claim, tasks) ? [] : tasks))
      this.claims.lookedFor(claims, { hasMore })
      if (sated.length > 0) this.#sated.set(organizationId, new Set(sated))
      if (undelivered.length > 0) await this.#needs.giveBack(organizationId, undelivered)
      if (hasMore && this.#isStarted) this.#waiting.add(organizationId)
      else this.#explainSoon(organizationId)
    } catch (error) {
      for (const claim of claims) this.claims.refuse(claim, error)
      this.#rest(organizationId, error)
    }
  }

  /** Beside the rounds, for nobody's task waits for words; of one organisation after the other, as many as ask for it. */
  #explainSoon(organizationId: string): void {
    if (!this.#isStarted || this.#unexplained.has(organizationId)) return
    const explain = async () => {
      this.#unexplained.delete(organizationId)
      if (!this.#isStarted) return
      try {
        await this.#needs.explain(organizationId)
      } catch (error) {
        const about = { err: error, organizationId, isUnavailable: isUnavailable(error) }
        this.#needs.log.warn(about, 'cannot say why tasks wait')
      }
    }
    const timer = setTimeout(() => {
      this.#explaining = this.#explaining.then(explain)
    }, EXPLAIN_MS)
    this.#unexplained.set(organizationId, timer)
  }

  #rest(organizationId: string, error: unknown): void {
    if (!this.#isStarted) return
    this.#needs.log.warn({ err: error, organizationId, isUnavailable: isUnavailable(error) }, 'cannot assign tasks')
    const again = () => {
      this.#resting.delete(organizationId)
      this.wake(organizationId)
    }
    this.#resting.set(organizationId, setTimeout(again, RETRY_MS))
  }

  async #findDue(): Promise<void> {
    const putOff = [...this.#putOff]
    this.#putOff.clear()
    this.#sated.clear()
    for (const organizationId of putOff) this.wake(organizationId)
    try {
      for (const organizationId of await laneStore.due(this.#needs.database, SWEEP_LIMIT)) this.wake(organizationId)
    } catch (error) {
      if (this.#isStarted)
        this.#needs.log.warn({ err: error, isUnavailable: isUnavailable(error) }, 'cannot look for due tasks')
    }
    const polled = this.claims.organizations()
    for (let i = 0; i < Math.min(POLLED, polled.length); i++)
      this.wake(polled[this.#polled++ % polled.length] as string)
  }
}
