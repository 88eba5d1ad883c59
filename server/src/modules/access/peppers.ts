import { createHmac } from 'node:crypto'
import type { KeyRing } from '#platform/crypto'

/** The secrets under which keys are stored, by number. All are derived, so none is kept anywhere. */
export interface Peppers {
  /** For new keys. */
  readonly current: number
  /** Undefined for a version that was given up: its keys open nothing any more. */
  of(version: number): Buffer | undefined
}

/** Each of these versions is still checked; the last one is for new keys. */
export function pepperRing(keys: KeyRing, versions: readonly number[]): Peppers {
  const derived = new Map(
    versions.map((version) => [version, keys.derive(version === 1 ? 'key-pepper' : `key-pepper-${version}`)]),
  )
  const current = versions.at(-1)
  if (current === undefined) throw new Error('there is no pepper to store keys under')
  return { current, of: (version) => derived.get(version) }
}

/** HMAC-SHA-256 under the server's pepper: what is stored of a key. */
export const hashKey = (pepper: Buffer, key: string): Buffer => createHmac('sha256', pepper).update(key).digest()
