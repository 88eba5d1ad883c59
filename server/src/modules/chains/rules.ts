import { type Address, decodeEventLog, erc20Abi, isAddressEqual } from 'viem'
import type { Asset } from '#platform/caip'
import { type Authorization, usesAuthorization } from './authorization.ts'
import type { Receipt } from './rpc.ts'

export interface Intent {
  readonly from: Address
  readonly payee: Address
  readonly asset: Asset
  readonly amount: bigint
  /** Whose money it is when it is not the sender's: the sender only carries this permission to the chain. */
  readonly authorization?: Authorization
}

/** Out of whose account the amount goes. */
export const payerOf = ({ from, authorization }: Intent): Address => authorization?.from ?? from

/** `moved`: exactly what was meant. `reverted`: nothing moved. `mismatch`: mined, but not what was meant. */
export type Effect = 'moved' | 'reverted' | 'mismatch'

/** What a mined transaction did, compared with what was meant: sender, recipient, asset and amount. */
export function effectOf(receipt: Receipt, intent: Intent): Effect {
  if (!isAddressEqual(receipt.from, intent.from)) return 'mismatch'
  if (!receipt.isSuccess) return 'reverted'
  if (intent.asset.kind === 'native') {
    const isMeant = receipt.to !== null && isAddressEqual(receipt.to, intent.payee) && receipt.value === intent.amount
    return isMeant ? 'moved' : 'mismatch'
  }
  const { asset, authorization } = intent
  if (authorization && !usesAuthorization(receipt, asset.contract, authorization)) return 'mismatch'
  const transfers = transfersIn(receipt, asset.contract)
  const isMeant = ({ from, to, value }: Transfer) =>
    isAddressEqual(from, payerOf(intent)) && isAddressEqual(to, intent.payee) && value === intent.amount
  return transfers.length === 1 && transfers.every(isMeant) ? 'moved' : 'mismatch'
}

interface Transfer {
  from: Address
  to: Address
  value: bigint
}

function transfersIn(receipt: Receipt, token: Address): Transfer[] {
  return receipt.logs.flatMap((log) => {
    if (!isAddressEqual(log.address, token)) return []
    try {
      const topics = log.topics as [signature: `0x${string}`, ...args: `0x${string}`[]]
      const { eventName, args } = decodeEventLog({ abi: erc20Abi, data: log.data, topics })
      return eventName === 'Transfer' ? [args] : []
    } catch {
      // Another event of the token's own: not a Transfer, so nothing to compare.
      return []
    }
  })
}
