import type { OrganizationRow } from '@wedi/database'
import type { Static } from 'typebox'
import type { DecisionService } from '#modules/decisions'
import type { Caller } from '#platform/caller'
import type { Database, Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import { Problem, requestProblems } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import type { InFlight, OrganizationPatch } from './contract.ts'
import { organizationProblems } from './problems.ts'
import { organizationStore } from './store.ts'

export type InFlightView = Static<typeof InFlight>

interface Needs {
  database: Database
  decisions: Pick<DecisionService, 'record'>
  /** Makes a key of an organisation that has none; answers what is shown once. */
  issueAdminKey: (tx: Tx, actor: string, name: string) => Promise<{ apiKey: unknown; secret: string }>
  /** Whether somebody can be let in as its admin. */
  hasAdminKey: (tx: Tx) => Promise<boolean>
  /** Returns when no signature begun before a freeze can still be made: with what was on its way. */
  signaturesEnded: (organizationId: string) => Promise<InFlightView>
  /** Lets the payments go on that a freeze held back. */
  resumePayments: (tx: Tx) => Promise<void>
}

export type OrganizationService = ReturnType<typeof organizationService>

export function organizationService(needs: Needs) {
  const { database, decisions, issueAdminKey } = needs
  const record = (tx: Tx, actor: string, type: string, inputs: Record<string, unknown>) =>
    decisions.record(tx, actor, { type, subject: `organization:${tx.organizationId}`, inputs })

  return {
    /** A new tenant and its first admin key. The key is in the answer and nowhere else. */
    async create(tx: Tx, caller: Caller, input: { name: string }) {
      return database.inOtherOrganization(tx, newId(), async (own) => {
        const organization = await organizationStore.insert(own, { name: input.name, isOperator: false })
        const key = await issueAdminKey(own, caller.actor, 'first admin')
        await record(own, caller.actor, 'organization.created', { name: input.name })
        return { organization: toWire(organization as OrganizationRow), ...key }
      })
    },

    /**
     * A new admin key for an organisation that nobody administers any more: its last one was exposed, or has expired. While
     * one is in force the operator is refused, for it is not to open what belongs to others.
     */
    async recover(tx: Tx, caller: Caller, { id, reason }: { id: string; reason: string }) {
      return database.inOtherOrganization(tx, id, async (own) => {
        if (!(await organizationStore.lockAlone(own))) throw new Problem(organizationProblems.notFound)
        if (await needs.hasAdminKey(own)) throw new Problem(organizationProblems.hasAdmin)
        const key = await issueAdminKey(own, caller.actor, 'admin after recovery')
        await record(own, caller.actor, 'organization.recovered', { reason })
        return key
      })
    },

    /** The first organisation of an empty database. */
    async createOperator(tx: Tx, actor: string, name: string): Promise<void> {
      await organizationStore.insert(tx, { name, isOperator: true })
      await record(tx, actor, 'organization.created', { name })
    },

    findOperator: () => organizationStore.findOperator(database),

    async list(page: PageRequest) {
      return pageFrom(toWire(await organizationStore.listAll(database, page)), page)
    },

    async current({ organizationId }: Caller) {
      return toWire(await existing(organizationStore.find(database, organizationId)))
    },

    async change(tx: Tx, caller: Caller, change: Static<typeof OrganizationPatch>, revision?: number) {
      const row = await organizationStore.change(tx, change, revision)
      if (!row) throw new Problem(requestProblems.stale)
      const { name, maxKeyLifetimeDays } = row
      await record(tx, caller.actor, 'organization.changed', { name, maxKeyLifetimeDays })
      return toWire(row)
    },

    async freeze(caller: Caller, reason: string) {
      const frozen = await database.inOrganization(caller, async (tx) => {
        const row = await organizationStore.freeze(tx, reason)
        if (!row) throw new Problem(organizationProblems.frozen)
        await record(tx, caller.actor, 'organization.frozen', { reason })
        return toWire(row)
      })
      return { ...frozen, inFlight: await needs.signaturesEnded(caller.organizationId) }
    },

    /**
     * A freeze by the system, in the transaction of what it found out; nothing when it is frozen already. A signature
     * that was begun before is thrown away when it comes.
     */
    async freezeIn(tx: Tx, actor: string, reason: string): Promise<void> {
      if (await organizationStore.freeze(tx, reason)) await record(tx, actor, 'organization.frozen', { reason })
    },

    async unfreeze(tx: Tx, caller: Caller, reason: string) {
      const row = await organizationStore.unfreeze(tx)
      if (!row) throw new Problem(organizationProblems.notFrozen)
      await record(tx, caller.actor, 'organization.unfrozen', { reason })
      await needs.resumePayments(tx)
      return toWire(row)
    },

    /** The organisation as it is now, held by nobody. */
    read: (tx: Tx) => existing(organizationStore.read(tx)),

    /** The organisation as it stands until the transaction ends: nobody freezes it meanwhile. */
    lockShared: (tx: Tx) => existing(organizationStore.lockShared(tx)),

    /** Takes the organisation for a change of its limits; 412 when it is at another revision. */
    async lockForChange(tx: Tx, revision?: number): Promise<OrganizationRow> {
      const row = await organizationStore.lockForChange(tx, revision)
      if (!row) throw new Problem(requestProblems.stale)
      return row
    },
  }
}

/** A key's organisation always exists; its absence is a bug of ours. */
async function existing(found: Promise<OrganizationRow | undefined>): Promise<OrganizationRow> {
  const row = await found
  if (!row) throw new Error('the organisation of a valid key is missing')
  return row
}
