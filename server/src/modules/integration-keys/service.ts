import type { CapabilityRow } from '@wedi/database'
import type { Static } from 'typebox'
import type { AccessService } from '#modules/access'
import type { AgentService } from '#modules/agents'
import type { CapabilityService } from '#modules/capabilities'
import type { Reason } from '#modules/decisions'
import type { OrganizationService } from '#modules/organizations'
import type { Caller } from '#platform/caller'
import type { Clock } from '#platform/clock'
import type { Database, Tx } from '#platform/database/database'
import type { Logger } from '#platform/log'
import { invalid, Problem, requestProblems } from '#platform/problem'
import type { PageRequest } from '#platform/schemas'
import { toWire } from '#platform/wire'
import type { IntegrationKeyBody } from './contract.ts'
import { bindingOf, type Collecting, faultsOfBinding, refusalsOf, type Scope, type ScopeLimit } from './rules.ts'
import { usageStore } from './store.ts'
import { usageCounter } from './usage.ts'
import { lastUsedIn, rotationOf, safetyOfKey, usageOf } from './view.ts'

const KINDS = ['IK'] as const
const DAY_MS = 24 * 3_600_000
const KEPT_DAYS = 100

interface Needs {
  database: Database
  clock: Clock
  log: Logger
  access: Pick<
    AccessService,
    'issueIntegrationKey' | 'list' | 'get' | 'predecessorOf' | 'rotate' | 'revoke' | 'expose' | 'hold'
  >
  organizations: Pick<OrganizationService, 'lockShared'>
  agents: Pick<AgentService, 'requireInService' | 'lockShared'>
  capabilities: Pick<CapabilityService, 'ofAgents'>
}

export type IntegrationKeyService = ReturnType<typeof integrationKeyService>

export function integrationKeyService(needs: Needs) {
  const { database, clock, access, organizations, agents, capabilities } = needs
  const usage = usageCounter(needs)

  /** When a key that is made now ends at the latest. */
  async function latestEnd(tx: Tx): Promise<Date | undefined> {
    const { maxKeyLifetimeDays: days } = await organizations.lockShared(tx)
    return days === null ? undefined : new Date(tx.now.getTime() + days * DAY_MS)
  }

  async function scopeOf(tx: Tx, agentId: string): Promise<Scope> {
    const row = (await capabilities.ofAgents(tx, [agentId])).get(agentId)
    if (!row) throw new Error(`agent ${agentId} has no capability`)
    return scope(row)
  }

  return {
    used: usage.used,
    start: usage.start,
    /** Writes down what was counted last. */
    stop: usage.stop,

    /** A new key, bound to one agent and to no more than its capability says today. */
    async issue(tx: Tx, caller: Caller, request: Static<typeof IntegrationKeyBody>) {
      const { agentId, name, canary: isCanary = false } = request
      const expiresAt = endOf(request, await latestEnd(tx))
      await agents.requireInService(tx, agentId)
      const faults = faultsOfBinding(request, await scopeOf(tx, agentId))
      if (faults.length > 0) throw invalid(...faults)
      const binding = bindingOf(request)
      const { row, secret } = await access.issueIntegrationKey(tx, caller, {
        ...{ name, agentId, binding, isCanary, expiresAt },
      })
      return { integrationKey: toWire(row), secret }
    },

    async list(caller: Caller, page: PageRequest, { agentId }: { agentId?: string }) {
      const { data, nextCursor } = await access.list(caller, page, { kinds: KINDS, agentId })
      const activities = await usageStore.activities(
        database,
        caller.organizationId,
        data.map(({ id }) => id),
      )
      return { data: data.map((row) => ({ ...row, lastUsedAt: lastUsedIn(activities, row.id) })), nextCursor }
    },

    /** A key with its use, and who still calls with the one it is taking the place of. */
    async get(caller: Caller, id: string) {
      const row = await access.get(caller, id, KINDS)
      await usage.flush()
      const old = row.successorId === null ? await access.predecessorOf(caller, id) : row
      const ids = [row.id, row.successorId, old?.id].filter((each) => typeof each === 'string')
      const activities = await usageStore.activities(database, caller.organizationId, ids)
      const now = clock()
      const rotation = old && (await rotationOf(database, old))
      const { safeToRevoke, reason, at } = safetyOfKey(row, now, activities)
      return {
        ...toWire(row),
        ...{ lastUsedAt: lastUsedIn(activities, id), usage: await usageOf(database, row, now) },
        ...{ safeToRevoke, safeToRevokeReason: reason, safeToRevokeAt: at?.toISOString() ?? null },
        rotation: rotation && { ...rotation, safeToRevoke: safetyOfKey(old, now, activities).safeToRevoke },
      }
    },

    /** Counts by day are kept for as long as somebody may ask what a key did last quarter. */
    async forgetPast(): Promise<void> {
      const before = new Date(clock().getTime() - KEPT_DAYS * DAY_MS)
      await usageStore.forget(database, before.toISOString().slice(0, 10))
    },

    async rotate(tx: Tx, caller: Caller, id: string, graceSeconds: number) {
      const rotation = { kinds: KINDS, graceSeconds, endsBy: await latestEnd(tx) }
      const { apiKey, secret } = await access.rotate(tx, caller, id, rotation)
      return { integrationKey: apiKey, secret }
    },

    async revoke(tx: Tx, caller: Caller, id: string, said: { reason?: string; cancelLinks?: boolean }) {
      const { reason, cancelLinks: cancelsLinks = false } = said
      return access.revoke(tx, caller, id, { kinds: KINDS, reason, cancelsLinks })
    },

    /** Somebody found a key lying around. Nobody learns whether there is such a key. */
    expose: (secret: string): Promise<void> => access.expose(secret.trim()),

    /**
     * May the holder of this key ask for that, now? Holds key, agent and capability until the transaction ends, so that
     * what is made in it was allowed when it was committed. `askedToday` sums what keys of this line asked for since
     * midnight UTC; they take turns, so that no two of them take the same room.
     */
    async judge(
      tx: Tx,
      caller: Caller,
      collecting: Collecting,
      askedToday: (tx: Tx, line: { familyId: string; asset: string }) => Promise<bigint>,
    ): Promise<{ agentId: string; reasons: Reason[] }> {
      const { integrationKey } = caller
      if (!integrationKey) throw new Problem(requestProblems.forbidden)
      const { agentId, familyId, binding } = integrationKey
      await access.hold(tx, caller)
      const organization = await organizations.lockShared(tx)
      const agent = await agents.lockShared(tx, agentId)
      const standing = { organization: organization.status, agent: agent.status }
      const question = { now: tx.now, ...standing, binding, collecting, scope: await scopeOf(tx, agentId) }
      const reasons = refusalsOf({
        ...question,
        askedToday: await askedToday(tx, { familyId, asset: collecting.asset }),
      })
      return { agentId, reasons }
    },
  }
}

const scope = ({ chains, assets, expiresAt, limits }: CapabilityRow): Scope => ({
  ...{ chains, assets, expiresAt },
  limits: limits as unknown as ScopeLimit[],
})

function endOf({ expiresAt }: { expiresAt?: string }, latest: Date | undefined): Date | null {
  if (expiresAt === undefined) return latest ?? null
  const wanted = new Date(expiresAt)
  if (latest && wanted > latest) {
    throw invalid({ path: '/expiresAt', message: `is later than the organisation allows: ${latest.toISOString()}` })
  }
  return wanted
}
