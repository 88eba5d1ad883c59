import type { KeyKind, KeyRole } from '@wedi/database'
import type { DecisionService } from '#modules/decisions'
import type { OrganizationService } from '#modules/organizations'
import type { Caller, KeyBinding } from '#platform/caller'
import type { Clock } from '#platform/clock'
import type { KeyRing } from '#platform/crypto'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { Jobs } from '#platform/jobs'
import type { Logger } from '#platform/log'
import { Problem, requestProblems } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import { announceExpiry } from './announce.ts'
import { authenticator } from './authenticate.ts'
import { canaryAlarms } from './canary.ts'
import { keyMaker } from './make.ts'
import { pepperRing } from './peppers.ts'
import { keyProblems } from './problems.ts'
import { type Revocation, revoker } from './revoke.ts'
import { type Rotation, rotator } from './rotate.ts'
import { parseKey } from './rules.ts'
import { accessStore } from './store.ts'

interface Needs {
  database: Database
  decisions: Pick<DecisionService, 'record'>
  organizations: Pick<OrganizationService, 'freezeIn'>
  jobs: Jobs
  events: Events
  log: Logger
  clock: Clock
  keys: KeyRing
  isOperator: (organizationId: string) => boolean
  /** Versions of the pepper that are checked; the last is for new keys. */
  pepperVersions: readonly number[]
  /** Of one address; of one key id it is a tenth. */
  failedKeysPerMinute: number
}

interface Expiring {
  expiresAt?: string
}

export type AccessService = ReturnType<typeof accessService>

export function accessService(needs: Needs) {
  const { database, keys } = needs
  const peppers = pepperRing(keys, needs.pepperVersions)
  const { onCanary, settled } = canaryAlarms(needs)
  const { authenticate, find, forget } = authenticator({ ...needs, peppers, onCanary })
  const { add, make } = keyMaker({ ...needs, peppers })
  const rotate = rotator({ ...needs, add, forget })
  const { revoke, expose } = revoker({ ...needs, find, forget })
  announceExpiry(needs)

  return {
    authenticate,
    expose,

    /** Waits for what was begun beside the requests. */
    stop: settled,

    /** A new organisation key. The secret is in the answer and nowhere else. */
    async issue(tx: Tx, actor: string, { name, role, expiresAt }: { name: string; role: KeyRole } & Expiring) {
      const { row, secret } = await make(tx, actor, 'sk', { name, role, ...endOf({ expiresAt }) })
      return { apiKey: toWire(row), secret }
    },

    /** Whether somebody has an admin key that opens, be it for a grace only. */
    hasAdminKey: (tx: Tx) => accessStore.hasAdmin(tx),

    /** A new credential of one agent. */
    async issueCredential(tx: Tx, caller: Caller, agentId: string, request: { name?: string } & Expiring) {
      const { name = 'credential' } = request
      const { row, secret } = await make(tx, caller.actor, 'ak', { name, agentId, ...endOf(request) })
      return { credential: toWire(row), secret }
    },

    /** A new key for third parties, with what its module found right for it. */
    issueIntegrationKey: (
      tx: Tx,
      { actor }: Caller,
      request: { name: string; agentId: string; binding: KeyBinding; isCanary: boolean; expiresAt: Date | null },
    ) => make(tx, actor, 'ik', request),

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
        if (await find(key, parsed.keyId)) return true
        throw new Error(
          'WEDI_MASTER_KEY is not the one this database was made with, or WEDI_KEY_PEPPERS lacks a version: its keys cannot be checked',
        )
      }
      if (isMade && (await accessStore.lockAdmins(tx)).length > 0) return false
      await make(tx, 'system:start', 'sk', { name: 'first admin', role: 'ADMIN' }, key)
      return true
    },

    async list(
      { organizationId }: Caller,
      page: PageRequest,
      which: { kinds: readonly KeyKind[]; agentId?: string | undefined },
    ) {
      return pageFrom(toWire(await accessStore.list(database, organizationId, page, which)), page)
    },

    async get({ organizationId }: Caller, id: string, kinds: readonly KeyKind[]) {
      const row = await accessStore.read(database, organizationId, id, kinds)
      if (!row) throw new Problem(keyProblems.notFound)
      return row
    },

    /** The key that was rotated to this one. */
    predecessorOf: ({ organizationId }: Caller, id: string) =>
      accessStore.readPredecessor(database, organizationId, id),

    async rotate(tx: Tx, caller: Caller, id: string, rotation: Rotation) {
      const { row, secret } = await rotate(tx, caller, id, rotation)
      return { apiKey: toWire(row), secret }
    },

    async revoke(tx: Tx, caller: Caller, id: string, revocation: Revocation) {
      return toWire(await revoke(tx, caller, id, revocation))
    },

    /**
     * For whoever makes something with an integration key: the key is in force until the transaction ends, and nobody
     * else makes anything with its line meanwhile. 401 when it was revoked a moment ago.
     */
    async hold(tx: Tx, { integrationKey }: Caller): Promise<void> {
      if (!integrationKey) throw new Problem(requestProblems.forbidden)
      const { id, familyId } = integrationKey
      const rows = await accessStore.lockFamily(tx, familyId)
      const row = rows.find((each) => each.id === id)
      const isInForce = row && row.revokedAt === null && (row.expiresAt === null || row.expiresAt > tx.now)
      if (!isInForce) throw new Problem(requestProblems.unauthenticated)
    },
  }
}

const endOf = ({ expiresAt }: { expiresAt?: string | undefined }) =>
  expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }
