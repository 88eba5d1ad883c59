import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import type { ApiKeyRow } from '@wedi/database'
import { LRUCache } from 'lru-cache'
import type { Caller } from '#platform/caller'
import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database/database'
import { Problem, requestProblems } from '#platform/problem'
import { type KeyPrefix, parseKey, permissionsOf } from './rules.ts'
import { accessStore } from './store.ts'

/** A revoked key is refused everywhere within this time; routes that move money never use the cache. */
const CACHE_MS = 1000
const CACHED_KEYS = 10_000
const BEARER = /^Bearer ([!-~]{1,200})$/i

interface Needs {
  database: Database
  clock: Clock
  pepper: Buffer
  isOperator: (organizationId: string) => boolean
}

/** HMAC-SHA-256 under the server's pepper: what is stored of a key. */
export const hashKey = (pepper: Buffer, key: string): Buffer => createHmac('sha256', pepper).update(key).digest()

/** Finds the caller a bearer key stands for. Whatever is wrong with the key, the answer is the same 401. */
export function authenticator({ database, clock, pepper, isOperator }: Needs) {
  const cache = new LRUCache<string, { caller: Caller; expiresAt: Date | null; id: string }>({
    max: CACHED_KEYS,
    ttl: CACHE_MS,
  })

  /** Rises with each revocation: what was looked up before one is not kept. */
  let revocations = 0

  async function look(key: string, keyId: string, secretHash: Buffer): Promise<ApiKeyRow | undefined> {
    const rows = await accessStore.findByKeyId(database, keyId)
    const now = clock()
    return rows.find(
      (row) =>
        timingSafeEqual(row.secretHash, secretHash) &&
        row.kind === key.slice('wedi_'.length, 'wedi_sk'.length).toUpperCase() &&
        row.revokedAt === null &&
        (row.expiresAt === null || row.expiresAt > now),
    )
  }

  return {
    async authenticate(authorization: string | undefined, { fresh }: { fresh: boolean }): Promise<Caller> {
      // A plain hash is enough to know a header again, costs a sixth of the HMAC, and leaves no key in the cache.
      const slot = hash('sha256', authorization ?? '', 'base64')
      const known = fresh ? undefined : cache.get(slot)
      if (known && (known.expiresAt === null || known.expiresAt > clock())) return known.caller
      const key = BEARER.exec(authorization ?? '')?.[1]
      const parsed = key === undefined ? undefined : parseKey(key)
      if (key === undefined || parsed === undefined) throw new Problem(requestProblems.unauthenticated)
      const revocationsSeen = revocations
      const row = await look(key, parsed.keyId, hashKey(pepper, key))
      if (!row) throw new Problem(requestProblems.unauthenticated)
      const caller = callerOf(row, parsed.prefix, isOperator(row.organizationId))
      if (revocations === revocationsSeen) cache.set(slot, { caller, expiresAt: row.expiresAt, id: row.id })
      return caller
    },

    /** Makes a revocation felt at once in this process. */
    forget(id: string): void {
      revocations++
      for (const [slot, entry] of cache.entries()) if (entry.id === id) cache.delete(slot)
    },
  }
}

function callerOf(row: ApiKeyRow, prefix: KeyPrefix, isOperator: boolean): Caller {
  const permissions = permissionsOf({ role: row.role, prefix, isOperator })
  if (row.agentId === null) return { organizationId: row.organizationId, actor: `api-key:${row.id}`, permissions }
  return { organizationId: row.organizationId, actor: `agent:${row.agentId}`, agentId: row.agentId, permissions }
}
