import { hash, timingSafeEqual } from 'node:crypto'
import type { ApiKeyRow } from '@wedi/database'
import { LRUCache } from 'lru-cache'
import type { Caller, KeyBinding } from '#platform/caller'
import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database/database'
import { Problem, requestProblems } from '#platform/problem'
import { failedAttempts } from './attempts.ts'
import { hashKey, type Peppers } from './peppers.ts'
import { type KeyPrefix, parseKey, permissionsOf } from './rules.ts'
import { accessStore } from './store.ts'

/**
 * How old an answer of the database may be, from when it was asked for: a revocation is felt everywhere within a second,
 * with nothing but the database between the processes. Routes that move money ask anew each time.
 */
const CACHE_MS = 750
const CACHED_KEYS = 10_000
const BEARER = /^Bearer ([!-~]{1,200})$/i

interface Needs {
  database: Database
  clock: Clock
  peppers: Peppers
  isOperator: (organizationId: string) => boolean
  failedKeysPerMinute: number
  /** Told of each use of a canary; what it does is not waited for. */
  onCanary: (row: ApiKeyRow, address: string) => void
}

export interface Presented {
  /** Passes every cache. */
  readonly fresh: boolean
  /** Where the request comes from. */
  readonly address: string
}

/** Finds the caller a bearer key stands for. Whatever is wrong with the key, the answer is the same 401. */
export function authenticator({ database, clock, peppers, isOperator, failedKeysPerMinute, onCanary }: Needs) {
  const cache = new LRUCache<string, { caller: Caller; expiresAt: Date | null; id: string }>({
    max: CACHED_KEYS,
    ttl: CACHE_MS,
    ttlResolution: 0,
  })
  const attempts = failedAttempts(failedKeysPerMinute)

  /** Rises with each revocation: what was looked up before one is not kept. */
  let revocations = 0

  /** The row of exactly this key, whatever its state. */
  async function find(key: string, keyId: string): Promise<ApiKeyRow | undefined> {
    // Also for an id that nobody has: each look costs the same.
    const current = hashOf(key, peppers.current)
    const rows = await accessStore.findByKeyId(database, keyId)
    return rows.find(({ kind, pepperVersion, secretHash }) => {
      const wanted = pepperVersion === peppers.current ? current : hashOf(key, pepperVersion)
      return wanted !== undefined && timingSafeEqual(secretHash, wanted) && kind === kindIn(key)
    })
  }

  function hashOf(key: string, version: number): Buffer | undefined {
    const pepper = peppers.of(version)
    return pepper && hashKey(pepper, key)
  }

  const isInForce = ({ revokedAt, expiresAt }: ApiKeyRow): boolean =>
    revokedAt === null && (expiresAt === null || expiresAt > clock())

  return {
    find,

    async authenticate(authorization: string | undefined, { fresh, address }: Presented): Promise<Caller> {
      // A plain hash is enough to know a header again, costs a sixth of the HMAC, and leaves no key in the cache.
      const slot = hash('sha256', authorization ?? '', 'base64')
      const known = fresh ? undefined : cache.get(slot)
      if (known && (known.expiresAt === null || known.expiresAt > clock())) return known.caller
      if (authorization === undefined) throw new Problem(requestProblems.unauthenticated)
      const key = BEARER.exec(authorization)?.[1] ?? ''
      const parsed = parseKey(key)
      const attempt = { address, slot, keyId: parsed?.keyId }
      attempts.require(attempt)
      const [askedAt, revocationsSeen] = [performance.now(), revocations]
      const row = parsed && (await find(key, parsed.keyId))
      if (!parsed || !row || !isInForce(row) || row.isCanary) {
        attempts.failed(attempt)
        if (row?.isCanary && isInForce(row)) onCanary(row, address)
        throw new Problem(requestProblems.unauthenticated)
      }
      attempts.succeeded(attempt)
      const caller = callerOf(row, parsed.prefix, isOperator(row.organizationId))
      if (revocations === revocationsSeen) {
        cache.set(slot, { caller, expiresAt: row.expiresAt, id: row.id }, { start: askedAt })
      }
      return caller
    },

    /** Makes a revocation felt at once in this process. */
    forget(id: string): void {
      revocations++
      for (const [slot, entry] of cache.entries()) if (entry.id === id) cache.delete(slot)
    },
  }
}

const kindIn = (key: string): string => key.slice('wedi_'.length, 'wedi_sk'.length).toUpperCase()

function callerOf(row: ApiKeyRow, prefix: KeyPrefix, isOperator: boolean): Caller {
  const { organizationId, id, familyId, agentId } = row
  const permissions = permissionsOf({ role: row.role, prefix, isOperator })
  if (agentId === null) return { organizationId, actor: `api-key:${id}`, permissions }
  if (prefix === 'ak') return { organizationId, actor: `agent:${agentId}`, agentId, permissions }
  const integrationKey = { id, familyId, agentId, binding: row.binding as unknown as KeyBinding }
  return { organizationId, actor: `integration-key:${id}`, integrationKey, permissions }
}
