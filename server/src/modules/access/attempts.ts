import { LRUCache } from 'lru-cache'
import { CALLER, networkOf } from '#platform/address'
import { Problem, requestProblems } from '#platform/problem'

const WINDOW_MS = 60_000
/** So many addresses and key ids are remembered; a flood of others pushes the oldest out. */
const REMEMBERED = 50_000
/** Of one key id, of what one address may fail. */
const SHARE_OF_ID = 10
/** Who was let in within this time is let in again, whatever others do from his address or with his key's id. */
const TRUSTED_MS = 3_600_000

interface Attempt {
  readonly address: string
  /** Undefined when what was sent is no key. */
  readonly keyId: string | undefined
  /** By which the very same header is known again. */
  readonly slot: string
}

/**
 * Counts keys that were refused, by where they come from and by the id they carry, in this process. It keeps noise from
 * the database: a key of 256 random bits is not found by trying.
 */
export function failedAttempts(perMinute: number) {
  const window = () => new LRUCache<string, number>({ max: REMEMBERED, ttl: WINDOW_MS, noUpdateTTL: true })
  const ofAddress = window()
  const ofId = window()
  const trusted = new LRUCache<string, true>({ max: REMEMBERED, ttl: TRUSTED_MS })
  const allowedOfId = Math.max(1, Math.floor(perMinute / SHARE_OF_ID))
  const callerOf = (address: string) => networkOf(address, CALLER)

  function refuseIfFull(counts: LRUCache<string, number>, of: string, allowed: number): void {
    if ((counts.get(of) ?? 0) < allowed) return
    const retryAfterSeconds = Math.max(1, Math.ceil(counts.getRemainingTTL(of) / 1000))
    throw new Problem(requestProblems.tooMany, { members: { retryAfterSeconds } })
  }

  return {
    /** 429 for a key that was not seen to be good lately, when too many were bad. */
    require({ address, keyId, slot }: Attempt): void {
      if (trusted.has(slot)) return
      refuseIfFull(ofAddress, callerOf(address), perMinute)
      if (keyId !== undefined) refuseIfFull(ofId, keyId, allowedOfId)
    },

    failed({ address, keyId, slot }: Attempt): void {
      trusted.delete(slot)
      const from = callerOf(address)
      ofAddress.set(from, (ofAddress.get(from) ?? 0) + 1)
      if (keyId !== undefined) ofId.set(keyId, (ofId.get(keyId) ?? 0) + 1)
    },

    succeeded: ({ slot }: Attempt): void => void trusted.set(slot, true),
  }
}
