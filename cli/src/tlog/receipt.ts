import { base64 } from '../base64.ts'
import { Untrue } from '../failures.ts'
import { HASH_BYTES } from './merkle.ts'

const FIRST_LINE = 'c2sp.org/tlog-proof@v1'
const INDEX = /^index (0|[1-9][0-9]{0,15})$/
/** A tree of 2^63 leaves needs no more. */
const MAX_PROOF = 63

/** A proof that travels with its checkpoint (https://c2sp.org/tlog-proof). */
export interface Receipt {
  readonly index: number
  /** From the leaf's sibling upwards. */
  readonly proof: readonly Buffer[]
  readonly checkpoint: string
}

export function readReceipt(text: string): Receipt {
  const end = text.indexOf('\n\n')
  const [first, ...lines] = text.slice(0, Math.max(end, 0)).split('\n')
  if (first !== FIRST_LINE) throw new Untrue(`the receipt does not begin with ${FIRST_LINE} or has no checkpoint`)
  if (lines[0]?.startsWith('extra ')) lines.shift()
  const index = Number(INDEX.exec(lines.shift() ?? '')?.[1])
  if (!Number.isSafeInteger(index)) throw new Untrue('the receipt says no index')
  return { index, proof: readProof(lines, 'the receipt'), checkpoint: text.slice(end + 2) }
}

export function readProof(hashes: readonly unknown[], what: string): Buffer[] {
  if (hashes.length > MAX_PROOF) throw new Untrue(`${what} has more than ${MAX_PROOF} hashes`)
  return hashes.map((text) => {
    const hash = typeof text === 'string' ? base64(text, HASH_BYTES) : undefined
    if (!hash) throw new Untrue(`${what} has a hash that is not 32 bytes in base64`)
    return hash
  })
}
