import { type Address, encodeFunctionData, parseAbi } from 'viem'

import { type ChainClient, chainClient, developer, sendAsDeveloper } from './chain-client.ts'

export interface Funding {
  readonly address: Address
  readonly asset: 'native' | 'token'
  /** In the asset's smallest unit. */
  readonly amount: bigint
}

const mintAbi = parseAbi(['function mint(address to, uint256 value)'])

/** One after the other per chain: each raises the developer's balance or nonce by what it found. */
const queues = new Map<string, Promise<void>>()

/** Gives an account on the development chain native coin or tokens; resolves when it has them. */
export function fund(rpcUrl: string, token: Address, funding: Funding): Promise<void> {
  const give = () => giveNow(chainClient(rpcUrl), token, funding)
  const turn = (queues.get(rpcUrl) ?? Promise.resolve()).then(give)
  // The next in the queue does not share this one's failure; the caller sees it.
  const settled = turn.catch(() => undefined).finally(() => queues.get(rpcUrl) === settled && queues.delete(rpcUrl))
  queues.set(rpcUrl, settled)
  return turn
}

/**
 * Native coin is sent in a transaction, not written into the account with `anvil_setBalance`: between reading a balance
 * and writing the sum, a payment of the account would be undone.
 */
async function giveNow(client: ChainClient, token: Address, { address, asset, amount }: Funding): Promise<void> {
  if (asset === 'native') {
    await enrich(client, amount)
    await sendAsDeveloper(client, { to: address, value: amount })
  } else {
    await sendAsDeveloper(client, { to: token, data: encodeFunctionData({ abi: mintAbi, args: [address, amount] }) })
  }
}

async function enrich(client: ChainClient, amount: bigint): Promise<void> {
  const balance = await client.getBalance({ address: developer })
  if (balance < amount) await client.setBalance({ address: developer, value: balance + amount })
}
