import { LRUCache } from 'lru-cache'
import type { KeyRing } from '#platform/crypto'
import { type Signer, signerOf, type Verifier } from '../tree/note.ts'

/** The operator's own tree is a log like the others, under an id that no organisation can have. */
export const OPERATOR_LOG = '00000000-0000-7000-8000-000000000000'

/** Of how many logs the keys are kept: to make one again takes longer than to sign with it. */
const REMEMBERED = 1000

export interface LogSettings {
  /** What the names of all logs here begin with, a host and a path without a scheme. */
  readonly origin: string
  /** Numbers of the keys that sign: two while one takes over from the other. */
  readonly keyNumbers: readonly number[]
}

export interface LogKeys {
  originOf(logId: string): string
  /** Those that sign now. */
  signersOf(logId: string): Signer[]
  /** Those that ever signed, the newest first: also a checkpoint of before a rotation has to be opened. */
  verifiersOf(logId: string): Verifier[]
}

/** Every key comes from the master key by its number, so that there is none to store, and none to lose in a rotation. */
export function logKeys(keys: KeyRing, { origin, keyNumbers }: LogSettings): LogKeys {
  const all = Array.from({ length: Math.max(...keyNumbers) }, (_, at) => at + 1).reverse()
  const seeds = new Map(all.map((number) => [number, keys.derive(`log-signing-${number}`)]))
  const originOf = (logId: string) => `${origin}/${logId === OPERATOR_LOG ? 'operator' : logId}`
  const signers = (logId: string, numbers: readonly number[]) =>
    numbers.map((number) => signerOf(originOf(logId), seeds.get(number) as Buffer))
  const known = new LRUCache<string, Record<'signing' | 'all', Signer[]>>({ max: REMEMBERED })
  function of(logId: string) {
    const found = known.get(logId) ?? { signing: signers(logId, keyNumbers), all: signers(logId, all) }
    known.set(logId, found)
    return found
  }
  return {
    originOf,
    signersOf: (logId) => of(logId).signing,
    verifiersOf: (logId) => of(logId).all,
  }
}
