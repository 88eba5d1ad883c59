import type { AgentRow, AgentStatus } from '@wedi/database'
import type { Static } from 'typebox'
import type { DecisionService } from '#modules/decisions'
import type { InFlightView } from '#modules/organizations'
import type { Caller } from '#platform/caller'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import { newId } from '#platform/ids'
import { Problem, requestProblems } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import { type AgentPatch, type AgentQuery, type agentBody, DEFAULT_CONCURRENCY } from './contract.ts'
import { agentProblems } from './problems.ts'
import { agentStore } from './store.ts'

export type AgentInput = Static<ReturnType<typeof agentBody<Record<never, never>>>>

interface Needs<Furnishing> {
  database: Database
  decisions: Pick<DecisionService, 'record'>
  events: Events
  /** Gives a new agent its capability and its first wallet, in the same transaction. */
  furnish: (tx: Tx, caller: Caller, agent: AgentRow, furnishing: Furnishing) => Promise<void>
  /** Nobody asks for it any more, in the same transaction. */
  retired: (tx: Tx, agentId: string) => Promise<void>
  /** True while a payment of the agent is not settled. */
  hasMoneyInFlight: (tx: Tx, agentId: string) => Promise<boolean>
  /** Returns when no signature begun before a freeze can still be made: with what was on its way. */
  signaturesEnded: (organizationId: string, agentId: string) => Promise<InFlightView>
  /** Lets the payments go on that a freeze held back. */
  resumePayments: (tx: Tx, agentId: string) => Promise<void>
}

export type AgentService = ReturnType<typeof agentService<unknown>>

export function agentService<Furnishing>(needs: Needs<Furnishing>) {
  const { database, decisions, events } = needs

  async function changed(tx: Tx, actor: string, type: string, row: AgentRow, inputs: Record<string, unknown> = {}) {
    await decisions.record(tx, actor, { type, subject: `agent:${row.id}`, agentId: row.id, inputs })
    await events.publish(tx, 'agent.changed', row.id)
    return toWire(row)
  }

  /** Tells apart why a conditional update found no row. */
  async function refuse(tx: Tx, id: string, revision?: number): Promise<never> {
    const row = await agentStore.lockShared(tx, id)
    if (!row) throw new Problem(agentProblems.notFound)
    if (revision !== undefined && row.revision !== revision) throw new Problem(requestProblems.stale)
    throw new Problem(agentProblems.wrongStatus, {
      detail: `The agent is ${row.status}: this cannot be done to it now.`,
    })
  }

  async function move(
    tx: Tx,
    caller: Caller,
    id: string,
    act: { type: string; to: AgentStatus; from: AgentStatus[]; reason?: string },
  ) {
    const row = (await agentStore.move(tx, id, act.to, act)) ?? (await refuse(tx, id))
    return changed(tx, caller.actor, act.type, row, { reason: act.reason })
  }

  return {
    async register(tx: Tx, caller: Caller, input: AgentInput, furnishing: Furnishing) {
      const agent = await agentStore.insert(tx, {
        id: newId(),
        name: input.name,
        description: input.description ?? null,
        runtime: input.runtime ?? 'HOSTED',
        labels: input.labels ?? [],
        metadata: input.metadata ?? {},
        maxConcurrency: input.maxConcurrency ?? DEFAULT_CONCURRENCY,
      })
      const { name, runtime, maxConcurrency } = agent
      const view = await changed(tx, caller.actor, 'agent.created', agent, { name, runtime, maxConcurrency })
      await needs.furnish(tx, caller, agent, furnishing)
      return view
    },

    async get(caller: Caller, id: string) {
      if (caller.agentId !== undefined && caller.agentId !== id) throw new Problem(agentProblems.notFound)
      const row = await agentStore.find(database, caller.organizationId, id)
      if (!row) throw new Problem(agentProblems.notFound)
      return toWire(row)
    },

    async list(caller: Caller, page: PageRequest, query: Static<typeof AgentQuery>) {
      return pageFrom(toWire(await agentStore.list(database, caller, page, query)), page)
    },

    async describe(tx: Tx, caller: Caller, id: string, change: Static<typeof AgentPatch>, revision?: number) {
      const row = (await agentStore.patch(tx, id, change, revision)) ?? (await refuse(tx, id, revision))
      return changed(tx, caller.actor, 'agent.changed', row, { ...change })
    },

    pause: (tx: Tx, caller: Caller, id: string, reason?: string) =>
      move(tx, caller, id, { type: 'agent.paused', to: 'PAUSED', from: ['ACTIVE'], ...(reason && { reason }) }),

    resume: (tx: Tx, caller: Caller, id: string, reason?: string) =>
      move(tx, caller, id, { type: 'agent.resumed', to: 'ACTIVE', from: ['PAUSED'], ...(reason && { reason }) }),

    async freeze(caller: Caller, id: string, reason: string) {
      const frozen = await database.inOrganization(caller, async (tx) => {
        const row = (await agentStore.freeze(tx, id, reason)) ?? (await refuse(tx, id))
        return changed(tx, caller.actor, 'agent.frozen', row, { reason })
      })
      return { ...frozen, inFlight: await needs.signaturesEnded(caller.organizationId, id) }
    },

    /**
     * A freeze by the system, in the transaction of what it found out. Undefined when the agent is frozen or retired
     * already. A signature that was begun before is thrown away when it comes.
     */
    async freezeIn(tx: Tx, caller: Caller, id: string, reason: string) {
      const row = await agentStore.freeze(tx, id, reason)
      return row && changed(tx, caller.actor, 'agent.frozen', row, { reason })
    },

    async unfreeze(tx: Tx, caller: Caller, id: string, reason?: string) {
      const row = (await agentStore.unfreeze(tx, id)) ?? (await refuse(tx, id))
      await needs.resumePayments(tx, id)
      return changed(tx, caller.actor, 'agent.unfrozen', row, { reason })
    },

    /** Soft: the row stays for the log. Refused while its money is on the way. */
    async retire(tx: Tx, caller: Caller, id: string, revision?: number) {
      const locked = await agentStore.lockForChange(tx, id)
      if (!locked) throw new Problem(agentProblems.notFound)
      if (await needs.hasMoneyInFlight(tx, id)) throw new Problem(agentProblems.moneyInFlight)
      const from: AgentStatus[] = ['PROVISIONING', 'ACTIVE', 'PAUSED', 'FROZEN']
      const row =
        (await agentStore.move(tx, id, 'RETIRED', { from, ...(revision && { revision }) })) ??
        (await refuse(tx, id, revision))
      await needs.retired(tx, id)
      return changed(tx, caller.actor, 'agent.retired', row)
    },

    /** 404 unless there is such an agent; looked at in the caller's own transaction. */
    requireIn: (tx: Tx, id: string): Promise<AgentRow> => found(agentStore.read(tx, id)),

    /** For giving a credential: an agent that is not retired. */
    async requireInService(tx: Tx, id: string): Promise<AgentRow> {
      const row = await found(agentStore.lockShared(tx, id))
      return row.status === 'RETIRED' ? refuse(tx, id) : row
    },

    /** The agent as it stands until the transaction ends: nobody freezes it or changes its capability meanwhile. */
    lockShared: (tx: Tx, id: string): Promise<AgentRow> => found(agentStore.lockShared(tx, id)),

    /** Takes the agent for a change of what it may do: waits for payments being decided, holds back new ones. */
    lockForChange: (tx: Tx, id: string): Promise<AgentRow> => found(agentStore.lockForChange(tx, id)),

    async require({ organizationId }: Caller, id: string): Promise<AgentRow> {
      return found(agentStore.find(database, organizationId, id))
    },

    /** Those of these that there are, as they are now. */
    readMany: (tx: Tx, ids: readonly string[]): Promise<AgentRow[]> => agentStore.readMany(tx, ids),

    /** Its first wallet is active: from now on it works. */
    async furnished(tx: Tx, id: string): Promise<void> {
      const row = await agentStore.furnished(tx, id)
      if (row) await changed(tx, 'system:wallets', 'agent.activated', row)
    },

    /** Shows why it is still provisioning. */
    explain: (tx: Tx, id: string, reason: string) => agentStore.explain(tx, id, reason),
  }
}

async function found(looked: Promise<AgentRow | undefined>): Promise<AgentRow> {
  const row = await looked
  if (!row) throw new Problem(agentProblems.notFound)
  return row
}
