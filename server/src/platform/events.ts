import type { Tx } from './database/database.ts'
import type { Jobs } from './jobs.ts'

export interface DomainEvent {
  readonly organizationId: string
  /** What it is about: an id of the publishing module. */
  readonly subject: string
}

/** What modules may say to those below them. A handler reads the state: an event only says that it changed. */
export interface EventTypes {
  'agent.changed': DomainEvent
  'payment.changed': DomainEvent
  'reconciliation.broken': DomainEvent
  'task.assigned': DomainEvent
  'task.changed': DomainEvent
}

/**
 * The way up and sideways between modules: written in the publisher's transaction (as a job per subscriber), delivered
 * at least once; events of one subject that are still waiting become one.
 */
export class Events {
  readonly #jobs: Jobs
  readonly #subscribers = new Map<string, string[]>()
  readonly #said = new WeakMap<Tx, Set<string>>()

  constructor(jobs: Jobs) {
    this.#jobs = jobs
  }

  subscribe(type: keyof EventTypes, subscriber: string, handler: (event: DomainEvent) => Promise<void>): void {
    const kind = `${subscriber}<${type}`
    this.#subscribers.set(type, [...(this.#subscribers.get(type) ?? []), kind])
    this.#jobs.handle(kind, async ({ organizationId, subject }) => {
      await handler({ organizationId, subject })
      return 'done'
    })
  }

  /** Said twice in one transaction, it is written once: nobody hears it before the commit. */
  async publish(tx: Tx, type: keyof EventTypes, subject: string): Promise<void> {
    const said = this.#said.get(tx) ?? new Set()
    if (said.has(`${type} ${subject}`)) return
    this.#said.set(tx, said.add(`${type} ${subject}`))
    for (const kind of this.#subscribers.get(type) ?? []) await this.#jobs.request(tx, kind, subject)
  }
}
