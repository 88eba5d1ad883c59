import type { ApiKeyRow, KeyKind } from '@wedi/database'
import type { DecisionService } from '#modules/decisions'
import type { OrganizationService } from '#modules/organizations'
import type { Caller } from '#platform/caller'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import { Problem } from '#platform/problem'
import { keyProblems } from './problems.ts'
import { parseKey, subjectOf } from './rules.ts'
import { accessStore } from './store.ts'

interface Needs {
  database: Database
  decisions: Pick<DecisionService, 'record'>
  events: Events
  organizations: Pick<OrganizationService, 'freezeIn'>
  /** The row of exactly this key, whatever its state. */
  find: (key: string, keyId: string) => Promise<ApiKeyRow | undefined>
  /** Makes the end of a key felt at once in this process. */
  forget: (id: string) => void
}

export interface Revocation {
  readonly kinds: readonly KeyKind[]
  readonly reason?: string | undefined
  /** Of an integration key: whether the links it made are canceled as well. */
  readonly cancelsLinks?: boolean
  /** Only a key of this agent. */
  readonly agentId?: string
}

const EXPOSED = 'reported as exposed'
const BY_REPORT = 'system:access'

/** Ends keys of every kind, for good. */
export function revoker({ database, decisions, events, organizations, find, forget }: Needs) {
  /** The locks are always taken in this order: the admin keys, then the key. */
  async function lock(tx: Tx, id: string) {
    const admins = await accessStore.lockAdmins(tx)
    const row = await accessStore.lock(tx, id)
    return { row, isLastAdmin: admins.length === 1 && admins[0]?.id === id }
  }

  async function ended(tx: Tx, row: ApiKeyRow, { cancelsLinks = false }: { cancelsLinks?: boolean }): Promise<void> {
    if (row.kind === 'IK') await events.publish(tx, 'integration-key.revoked', row.id, { cancelsLinks })
    tx.afterCommit(() => forget(row.id))
  }

  return {
    async revoke(tx: Tx, caller: Caller, id: string, revocation: Revocation): Promise<ApiKeyRow> {
      const { kinds, reason, cancelsLinks, agentId } = revocation
      const { row, isLastAdmin } = await lock(tx, id)
      const isMeant = row && kinds.includes(row.kind) && (agentId === undefined || row.agentId === agentId)
      if (!isMeant) throw new Problem(keyProblems.notFound)
      if (isLastAdmin) throw new Problem(keyProblems.lastAdmin)
      const revoked = await accessStore.revoke(tx, id, reason ?? null)
      if (!revoked) throw new Problem(keyProblems.revoked)
      await decisions.record(tx, caller.actor, {
        ...{ type: 'key.revoked', subject: subjectOf(row), agentId: row.agentId },
        inputs: { displayPrefix: row.displayPrefix, reason, cancelsLinks },
      })
      await ended(tx, revoked, { ...(cancelsLinks !== undefined && { cancelsLinks }) })
      return revoked
    },

    /**
     * Ends a key that strangers have, whoever says so: who has the whole key could use it, so nothing is given away and
     * nobody else can bring it about. The last admin key is no exception, because whoever found it could do everything;
     * its organisation is frozen too, until somebody who is let in again has looked.
     */
    async expose(key: string): Promise<void> {
      const parsed = parseKey(key)
      const found = parsed && (await find(key, parsed.keyId))
      if (!found || found.revokedAt !== null) return
      await database.inOrganization(found, async (tx) => {
        const { isLastAdmin } = await lock(tx, found.id)
        const row = await accessStore.revoke(tx, found.id, EXPOSED)
        if (!row) return
        await decisions.record(tx, BY_REPORT, {
          ...{ type: 'key.exposed', subject: subjectOf(row), agentId: row.agentId },
          inputs: { name: row.name, displayPrefix: row.displayPrefix, role: row.role, isLastAdmin },
        })
        await events.publish(tx, 'key.exposed', row.id)
        await ended(tx, row, {})
        if (isLastAdmin) await organizations.freezeIn(tx, BY_REPORT, 'the last admin key was exposed')
      })
    },
  }
}
