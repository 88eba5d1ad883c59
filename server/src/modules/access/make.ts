import type { ApiKeyRow, KeyRole } from '@wedi/database'
import type { DecisionService } from '#modules/decisions'
import type { KeyBinding } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import type { Jobs } from '#platform/jobs'
import { invalid } from '#platform/problem'
import { ANNOUNCE } from './announce.ts'
import { hashKey, type Peppers } from './peppers.ts'
import { announcementsDue, displayPrefixOf, type KeyPrefix, kindOf, makeKey, parseKey, subjectOf } from './rules.ts'
import { accessStore } from './store.ts'

interface Needs {
  decisions: Pick<DecisionService, 'record'>
  jobs: Jobs
  peppers: Peppers
}

/** What a new key is for; what does not fit its kind is left out. */
export interface KeyRequest {
  readonly name: string
  readonly role?: KeyRole | null
  readonly agentId?: string | null
  readonly binding?: KeyBinding | null | undefined
  readonly isCanary?: boolean
  readonly expiresAt?: Date | null
  /** Of the line it continues; without one it begins its own. */
  readonly familyId?: string
}

export interface MadeKey {
  readonly row: ApiKeyRow
  /** In this answer and nowhere else. */
  readonly secret: string
}

/** Makes keys of every kind. */
export function keyMaker({ decisions, jobs, peppers }: Needs) {
  /** Without a record: a rotation has its own. */
  async function add(tx: Tx, actor: string, request: KeyRequest, secret: string): Promise<MadeKey> {
    const parsed = parseKey(secret)
    if (!parsed) throw new Error('a key of ours is not well-formed')
    const { name, role = null, agentId = null, binding = null, isCanary = false, expiresAt = null } = request
    if (expiresAt && expiresAt <= tx.now) throw invalid({ path: '/expiresAt', message: 'is in the past' })
    const id = newId()
    const row = await accessStore.insert(tx, {
      ...{ id, kind: kindOf(parsed.prefix), name, role, agentId, isCanary, expiresAt, createdBy: actor },
      binding: binding as ApiKeyRow['binding'],
      keyId: parsed.keyId,
      displayPrefix: displayPrefixOf(secret),
      secretHash: hashKey(peppers.of(peppers.current) as Buffer, secret),
      pepperVersion: peppers.current,
      familyId: request.familyId ?? id,
      // A key that is made for a day is not announced to end in seven.
      expiryNoted: expiresAt ? announcementsDue(expiresAt, tx.now) : 0,
    })
    if (expiresAt) await jobs.request(tx, ANNOUNCE, id, { inMs: 0 })
    return { row, secret }
  }

  return {
    add,

    async make(tx: Tx, actor: string, prefix: KeyPrefix, request: KeyRequest, secret = makeKey(prefix)) {
      const made = await add(tx, actor, request, secret)
      const { name, kind, role, displayPrefix, binding, isCanary } = made.row
      await decisions.record(tx, actor, {
        type: 'key.created',
        subject: subjectOf(made.row),
        agentId: made.row.agentId,
        inputs: {
          ...{ name, kind, role, displayPrefix },
          ...(binding !== null && { binding, isCanary }),
          expiresAt: request.expiresAt?.toISOString(),
        },
      })
      return made
    },
  }
}
