import type { Tx } from './database/database.ts'
import type { Jobs } from './jobs.ts'

export interface DomainEvent {
  readonly organizationId: string
  /** What it is about: an id of the publishing module. */
  readonly subject: string
}

/** What is known of an event when it is published, so that nobody is woken for what does not concern them. */
type NoFacts = Readonly<Record<never, never>>

/** What modules may say to those below them. A handler reads the state: an event only says that it changed. */
export interface EventTypes {
  'agent.changed': NoFacts
  'health.changed': NoFacts
  /** Of an instance of the agent it names. */
  'instance.changed': NoFacts
  /** Of an integration key; its rotation is none, for the new key goes on with what the old one made. */
  'integration-key.revoked': { readonly cancelsLinks: boolean }
  'key.canaryUsed': NoFacts
  'key.expired': NoFacts
  'key.expiring': NoFacts
  'key.exposed': NoFacts
  'payment-link.changed': NoFacts
  /** `authorization`: not null when it moves somebody else's money. */
  'payment.changed': { readonly taskId: string | null; readonly status: string; readonly authorization: unknown }
  'reconciliation.broken': NoFacts
  'task.assigned': NoFacts
  'task.changed': NoFacts
}

/**
 * The way up and sideways between modules: written in the publisher's transaction (as a job per subscriber), delivered
 * at least once; events of one subject that are still waiting become one.
 */
export class Events {
  readonly #jobs: Jobs
  readonly #subscribers = new Map<string, Subscriber[]>()
  readonly #said = new WeakMap<Tx, Set<string>>()

  constructor(jobs: Jobs) {
    this.#jobs = jobs
  }

  subscribe<Type extends keyof EventTypes>(
    type: Type,
    subscriber: string,
    handler: (event: DomainEvent) => Promise<void>,
    concerns: (facts: EventTypes[Type]) => boolean = () => true,
  ): void {
    const kind = `${subscriber}<${type}`
    const others = this.#subscribers.get(type) ?? []
    this.#subscribers.set(type, [...others, { kind, concerns: concerns as Subscriber['concerns'] }])
    this.#jobs.handle(kind, async ({ organizationId, subject }) => {
      await handler({ organizationId, subject })
      return 'done'
    })
  }

  /** The same of many subjects, in one statement for each that hears of it. */
  async publishAll<Type extends keyof EventTypes>(
    tx: Tx,
    type: NoFacts extends EventTypes[Type] ? Type : never,
    subjects: readonly string[],
  ): Promise<void> {
    const said = this.#said.get(tx) ?? new Set()
    this.#said.set(tx, said)
    for (const { kind, concerns } of this.#subscribers.get(type) ?? []) {
      const fresh = new Set(subjects.filter((subject) => !said.has(`${kind} ${subject}`) && concerns({})))
      for (const subject of fresh) said.add(`${kind} ${subject}`)
      await this.#jobs.requestAll(tx, kind, [...fresh])
    }
  }

  /** Said twice in one transaction, it is written once: nobody hears it before the commit. */
  async publish<Type extends keyof EventTypes>(
    tx: Tx,
    type: Type,
    subject: string,
    ...known: NoFacts extends EventTypes[Type] ? [] : [facts: EventTypes[Type]]
  ): Promise<void> {
    const [facts = {}]: readonly object[] = known
    const said = this.#said.get(tx) ?? new Set()
    this.#said.set(tx, said)
    for (const { kind, concerns } of this.#subscribers.get(type) ?? []) {
      const event = `${kind} ${subject}`
      if (said.has(event) || !concerns(facts)) continue
      said.add(event)
      await this.#jobs.request(tx, kind, subject)
    }
  }
}

interface Subscriber {
  /** Of its jobs. */
  readonly kind: string
  concerns(facts: object): boolean
}
