import { createHmac, timingSafeEqual } from 'node:crypto'
import {
  type Address,
  type Hex,
  isAddressEqual,
  keccak256,
  parseTransaction,
  recoverAddress,
  serializeTransaction,
} from 'viem'
import { chainNumber } from '#platform/caip'
import type { UnsignedTransaction } from './provider.ts'

/** Half the order of secp256k1. Nodes refuse a higher `s` (EIP-2), and flipping it would change the hash we stored. */
const HIGHEST_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/**
 * Whether the bytes are this transaction, nothing else, signed by this address: what a signer hands over is believed
 * only after this. The transaction asked for is serialized again with the signature found and compared byte by byte,
 * so that no field, access list or padding can differ unseen. Bytes that cannot be read are no signature.
 */
export async function isSignatureOf(raw: Hex, transaction: UnsignedTransaction, address: Address): Promise<boolean> {
  try {
    const { r, s, yParity } = parseTransaction(raw)
    if (r === undefined || s === undefined || yParity === undefined || BigInt(s) > HIGHEST_S) return false
    const { chain, ...fields } = transaction
    const asked = { ...fields, chainId: chainNumber(chain), type: 'eip1559' } as const
    if (serializeTransaction(asked, { r, s, yParity }) !== raw.toLowerCase()) return false
    const hash = keccak256(serializeTransaction(asked))
    return isAddressEqual(await recoverAddress({ hash, signature: { r, s, yParity } }), address)
  } catch {
    return false
  }
}

const DELIVERY_WINDOW_MS = 5 * 60_000

/** As Engine sends it: the time in seconds, the signature in hexadecimal, the body byte for byte. */
export interface Delivery {
  readonly timestamp: string
  readonly signature: string
  readonly body: Uint8Array
}

/** Whether whoever knows the secret said this just now. Compared in constant time, so that nobody can guess their way. */
export function isDelivery({ timestamp, signature, body }: Delivery, secret: string, now: Date): boolean {
  if (!/^[0-9]{1,12}$/.test(timestamp) || !/^[0-9a-f]{64}$/.test(signature)) return false
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > DELIVERY_WINDOW_MS) return false
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest()
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}
