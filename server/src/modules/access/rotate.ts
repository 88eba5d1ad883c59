import type { KeyKind } from '@wedi/database'
import type { DecisionService } from '#modules/decisions'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import type { Jobs } from '#platform/jobs'
import { Problem } from '#platform/problem'
import { ANNOUNCE } from './announce.ts'
import type { keyMaker, MadeKey } from './make.ts'
import { keyProblems } from './problems.ts'
import { EXPIRED, makeKey, prefixOf, subjectOf, successorExpiry } from './rules.ts'
import { accessStore } from './store.ts'

interface Needs {
  decisions: Pick<DecisionService, 'record'>
  jobs: Jobs
  add: ReturnType<typeof keyMaker>['add']
  forget: (id: string) => void
}

export interface Rotation {
  readonly kinds: readonly KeyKind[]
  /** How long the old key still works; never beyond its own end. */
  readonly graceSeconds: number
  /** The successor lives no longer than this. */
  readonly endsBy?: Date | undefined
}

/**
 * Puts a new key in the place of an old one: the same name, role, agent and binding, and as long a life. Of several who
 * rotate one key at once, one does, and the others are told: a line of keys never forks.
 */
export const rotator =
  ({ decisions, jobs, add, forget }: Needs) =>
  async (tx: Tx, { actor }: Caller, id: string, { kinds, graceSeconds, endsBy }: Rotation): Promise<MadeKey> => {
    const old = await accessStore.lock(tx, id)
    if (!old || !kinds.includes(old.kind)) throw new Problem(keyProblems.notFound)
    if (old.revokedAt !== null) throw new Problem(keyProblems.revoked)
    if (old.successorId !== null) throw new Problem(keyProblems.rotated)
    if (old.expiresAt !== null && old.expiresAt <= tx.now) throw new Problem(keyProblems.expired)
    const { name, role, agentId, isCanary, familyId } = old
    const binding = old.binding as Parameters<typeof add>[2]['binding']
    const expiresAt = successorExpiry(old, { now: tx.now, endsBy })
    const made = await add(
      tx,
      actor,
      { name, role, agentId, binding, isCanary, familyId, expiresAt },
      makeKey(prefixOf(old.kind)),
    )
    // Its end is wanted, so it is not announced; that it has come is said.
    const rotated = await accessStore.rotate(tx, id, { successorId: made.row.id, graceSeconds, noted: EXPIRED - 1 })
    if (!rotated?.expiresAt) throw new Error('a key that is held was rotated by somebody else')
    await jobs.request(tx, ANNOUNCE, id)
    await decisions.record(tx, actor, {
      ...{ type: 'key.rotated', subject: subjectOf(old), agentId },
      inputs: {
        ...{ successorId: made.row.id, displayPrefix: made.row.displayPrefix, graceSeconds },
        ...{ oldEndsAt: rotated.expiresAt.toISOString(), expiresAt: expiresAt?.toISOString() },
      },
    })
    tx.afterCommit(() => forget(id))
    return made
  }
