import type { ApiKeyRow, KeyRole } from '@wedi/database'
import type { DecisionService } from '#modules/decisions'
import type { Caller } from '#platform/caller'
import type { Clock } from '#platform/clock'
import type { KeyRing } from '#platform/crypto'
import type { Database, Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import { invalid, Problem } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import { authenticator, hashKey } from './authenticate.ts'
import { keyProblems } from './problems.ts'
import { displayPrefixOf, makeKey, parseKey } from './rules.ts'
import { accessStore } from './store.ts'

const PEPPER_VERSION = 1

interface Needs {
  database: Database
  decisions: Pick<DecisionService, 'record'>
  clock: Clock
  keys: KeyRing
  isOperator: (organizationId: string) => boolean
}

interface KeyRequest {
  name: string
  role?: KeyRole
  agentId?: string
  expiresAt?: string
}

export type AccessService = ReturnType<typeof accessService>

export function accessService({ database, decisions, clock, keys, isOperator }: Needs) {
  const pepper = keys.derive('key-pepper')
  const { authenticate, forget } = authenticator({ database, clock, pepper, isOperator })

  async function store(tx: Tx, actor: string, key: string, request: KeyRequest): Promise<ApiKeyRow> {
    const parsed = parseKey(key)
    if (!parsed) throw new Error('a key of ours is not well-formed')
    const expiresAt = request.expiresAt === undefined ? null : new Date(request.expiresAt)
    if (expiresAt && expiresAt <= tx.now) throw invalid({ path: '/expiresAt', message: 'is in the past' })
    const row = await accessStore.insert(tx, {
      id: newId(),
      kind: request.agentId === undefined ? 'SK' : 'AK',
      name: request.name,
      role: request.role ?? null,
      agentId: request.agentId ?? null,
      keyId: parsed.keyId,
      displayPrefix: displayPrefixOf(key),
      secretHash: hashKey(pepper, key),
      pepperVersion: PEPPER_VERSION,
      createdBy: actor,
      expiresAt,
    })
    const inputs = {
      name: row.name,
      kind: row.kind,
      role: row.role,
      displayPrefix: row.displayPrefix,
      expiresAt: request.expiresAt,
    }
    await decisions.record(tx, actor, {
      type: 'key.created',
      subject: `api-key:${row.id}`,
      agentId: row.agentId,
      inputs,
    })
    return row
  }

  return {
    authenticate,

    /** A new organisation key. The secret is in the answer and nowhere else. */
    async issue(tx: Tx, actor: string, request: { name: string; role: KeyRole; expiresAt?: string }) {
      const secret = makeKey('sk')
      return { apiKey: toWire(await store(tx, actor, secret, request)), secret }
    },

    /** A new credential of one agent. */
    async issueCredential(tx: Tx, caller: Caller, agentId: string, request: { name?: string; expiresAt?: string }) {
      const secret = makeKey('ak')
      const row = await store(tx, caller.actor, secret, { name: 'credential', ...request, agentId })
      return { credential: toWire(row), secret }
    },

    /**
     * Sees to it that this admin key opens this organisation. A key that nobody named (`isMade`) is only kept when there
     * is no admin key in force: a new WEDI_HOME is no reason for another. A key that is there under another hash means
     * that the master key is not the one this database was made with. True when it opens now.
     */
    async ensureAdminKey(tx: Tx, key: string, { isMade }: { isMade: boolean }): Promise<boolean> {
      const parsed = parseKey(key)
      if (!parsed) throw new Error('WEDI_ADMIN_KEY is not a well-formed wedi_sk_ key')
      const rows = await accessStore.findByKeyId(database, parsed.keyId)
      if (rows.length > 0) {
        if (rows.some((row) => row.secretHash.equals(hashKey(pepper, key)))) return true
        throw new Error('WEDI_MASTER_KEY is not the one this database was made with: its keys cannot be checked')
      }
      if (isMade && (await accessStore.lockAdmins(tx)).length > 0) return false
      await store(tx, 'system:start', key, { name: 'first admin', role: 'ADMIN' })
      return true
    },

    async list({ organizationId }: Caller, page: PageRequest) {
      return pageFrom(toWire(await accessStore.list(database, organizationId, page)), page)
    },

    async revoke(tx: Tx, caller: Caller, id: string) {
      const admins = await accessStore.lockAdmins(tx)
      const row = await accessStore.find(tx, id)
      if (!row) throw new Problem(keyProblems.notFound)
      if (admins.length === 1 && admins[0]?.id === id) throw new Problem(keyProblems.lastAdmin)
      const revoked = await accessStore.revoke(tx, id)
      if (!revoked) throw new Problem(keyProblems.revoked)
      await decisions.record(tx, caller.actor, { type: 'key.revoked', subject: `api-key:${id}`, agentId: row.agentId })
      tx.afterCommit(() => forget(id))
      return toWire(revoked)
    },
  }
}
