import type { CapabilityRow } from '@wedi/database'
import type { Static } from 'typebox'
import type { AgentService } from '#modules/agents'
import type { DecisionService } from '#modules/decisions'
import type { OrganizationService } from '#modules/organizations'
import { parseAccount, parseAsset } from '#platform/caip'
import type { Caller } from '#platform/caller'
import type { Clock } from '#platform/clock'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import { invalid, Problem, requestProblems } from '#platform/problem'
import { faultsOfCapability, faultsOfLimits } from './consistency.ts'
import type { CapabilityBody, OrganizationLimitsBody } from './contract.ts'
import { type HistoryOf, limitBook } from './limits.ts'
import { capabilityProblems } from './problems.ts'
import type { Authority } from './rules.ts'
import { capabilityStore } from './store.ts'

type CapabilityInput = Static<typeof CapabilityBody>

/** A new agent may do nothing until somebody says what. */
const NOTHING: CapabilityInput = { authorityLevel: 'OBSERVE' }

interface Needs {
  database: Database
  clock: Clock
  decisions: Pick<DecisionService, 'record'>
  events: Events
  organizations: Pick<OrganizationService, 'lockForChange'>
  agents: Pick<AgentService, 'lockForChange' | 'require'>
  /** Chains that are configured: naming another is a mistake, not a rule. */
  knownChains: ReadonlySet<string>
  historyOf: HistoryOf
}

export type CapabilityService = ReturnType<typeof capabilityService>

export function capabilityService(needs: Needs) {
  const { database, decisions, events, organizations, agents } = needs
  const limits = limitBook(needs)

  /** `at`: where in the body the capability stands. */
  function requireConsistent(input: CapabilityInput, now: Date, at = ''): void {
    const faults = [...faultsOfCapability(input, now), ...unknownChains(input, needs.knownChains)]
    if (faults.length > 0) throw invalid(...faults.map((fault) => ({ ...fault, path: at + fault.path })))
  }

  async function grant(tx: Tx, caller: Caller, agentId: string, input: CapabilityInput, before?: CapabilityRow) {
    // The first capability finds no limits to take out of force.
    const hasLimits = before !== undefined || input.limits !== undefined
    const views = hasLimits ? await limits.put(tx, 'AGENT', agentId, input.limits ?? []) : []
    const row = await capabilityStore.insert(tx, {
      organizationId: tx.organizationId,
      agentId,
      revision: (before?.revision ?? 0) + 1,
      authorityLevel: input.authorityLevel,
      taskTypes: input.taskTypes ?? [],
      providers: input.providers ?? [],
      chains: input.chains ?? [],
      assets: (input.assets ?? []).map(named),
      payeesAllow: input.payees?.allow ?? [],
      payeesDeny: input.payees?.deny ?? [],
      tags: input.tags ?? [],
      limits: views,
      approvalThreshold: (input.approvalThreshold ?? []).map(({ asset, amount }) => ({ asset: named(asset), amount })),
      expiresAt: input.expiresAt ? new Date(input.expiresAt) : null,
      createdBy: caller.actor,
      createdAt: tx.now,
    })
    const view = viewOf(row)
    const { organizationId: _, agentId: __, createdBy: ___, createdAt: ____, ...inputs } = view
    await decisions.record(tx, caller.actor, {
      ...{ type: 'capability.changed', subject: `agent:${agentId}`, agentId, inputs },
      ...{ capabilityRevision: row.revision, authorityLevel: row.authorityLevel },
    })
    await events.publish(tx, 'agent.changed', agentId)
    return view
  }

  return {
    limits,

    /** What a new agent may do: what its maker says, or nothing. */
    grantFirst(tx: Tx, caller: Caller, agentId: string, input: CapabilityInput = NOTHING) {
      requireConsistent(input, tx.now, '/capability')
      return grant(tx, caller, agentId, input)
    },

    async put(tx: Tx, caller: Caller, agentId: string, input: CapabilityInput, revision?: number) {
      requireConsistent(input, tx.now)
      const agent = await agents.lockForChange(tx, agentId)
      if (agent.status === 'RETIRED') throw new Problem(capabilityProblems.retired)
      const before = await capabilityStore.current(tx, agentId)
      if (revision !== undefined && before?.revision !== revision) throw new Problem(requestProblems.stale)
      return grant(tx, caller, agentId, input, before)
    },

    async get({ organizationId }: Caller, agentId: string) {
      return viewOf(found(await capabilityStore.read(database, organizationId, agentId)))
    },

    async revisions({ organizationId }: Caller, agentId: string, page: { limit: number; below: number }) {
      const rows = await capabilityStore.revisions(database, organizationId, agentId, {
        ...page,
        limit: page.limit + 1,
      })
      if (rows.length === 0) found(await capabilityStore.read(database, organizationId, agentId))
      const data = rows.slice(0, page.limit).map(viewOf)
      const last = data.at(-1)
      return { data, nextCursor: rows.length > page.limit && last ? String(last.revision) : null }
    },

    async limitStates(caller: Caller, agentId: string) {
      await agents.require(caller, agentId)
      return limits.states(caller.organizationId, agentId)
    },

    async putOrganizationLimits(
      tx: Tx,
      caller: Caller,
      input: Static<typeof OrganizationLimitsBody>,
      revision?: number,
    ) {
      const faults = [...faultsOfLimits(input.limits), ...unknownChains(input, needs.knownChains)]
      if (faults.length > 0) throw invalid(...faults)
      const organization = await organizations.lockForChange(tx, revision)
      const views = await limits.put(tx, 'ORGANIZATION', tx.organizationId, input.limits)
      const subject = `organization:${tx.organizationId}`
      await decisions.record(tx, caller.actor, {
        type: 'organization.limitsChanged',
        subject,
        inputs: { limits: views },
      })
      return { revision: organization.revision, limits: views }
    },

    /** What each of these agents may do just now, for whoever gives out work. */
    async authoritiesOf(tx: Tx, agentIds: string[]): Promise<Map<string, Authority & { tags: readonly string[] }>> {
      const rows = await capabilityStore.ofAgents(tx, agentIds)
      return new Map(rows.map((row) => [row.agentId, { ...authorityOf(row), tags: row.tags }]))
    },

    /** What the agent may do just now, for a verdict. The caller holds the agent's lock. */
    async authorityOf(tx: Tx, agentId: string): Promise<Authority> {
      return authorityOf(found(await capabilityStore.current(tx, agentId)))
    },
  }
}

const named = (asset: string): string => parseAsset(asset)?.id ?? asset

function found(row: CapabilityRow | undefined): CapabilityRow {
  if (!row) throw new Problem(capabilityProblems.notFound)
  return row
}

function unknownChains(
  { chains = [], assets = [], limits = [], approvalThreshold = [], payees }: Partial<CapabilityInput>,
  known: ReadonlySet<string>,
) {
  const named = [
    ...chains.map((chain, i) => ({ chain, path: `/chains/${i}` })),
    ...assets.map((asset, i) => ({ chain: asset.split('/', 1)[0] ?? '', path: `/assets/${i}` })),
    ...limits.map(({ asset }, i) => ({ chain: asset.split('/', 1)[0] ?? '', path: `/limits/${i}/asset` })),
    ...approvalThreshold.map(({ asset }, i) => ({
      chain: asset.split('/', 1)[0] ?? '',
      path: `/approvalThreshold/${i}/asset`,
    })),
    ...(payees?.allow ?? []).map((payee, i) => ({
      chain: parseAccount(payee)?.chain ?? '*',
      path: `/payees/allow/${i}`,
    })),
  ]
  return named
    .filter(({ chain }) => chain !== '*' && !known.has(chain))
    .map(({ chain, path }) => ({ path, message: `names ${chain}, a chain that is not configured here` }))
}

interface StoredThreshold {
  asset: string
  amount: string
}

function authorityOf(row: CapabilityRow): Authority {
  const thresholds = row.approvalThreshold as StoredThreshold[]
  return { ...row, approvalThreshold: thresholds.map(({ asset, amount }) => ({ asset, amount: BigInt(amount) })) }
}

function viewOf({ payeesAllow, payeesDeny, expiresAt, createdAt, ...row }: CapabilityRow) {
  return {
    ...row,
    payees: { allow: payeesAllow, deny: payeesDeny },
    expiresAt: expiresAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  }
}
