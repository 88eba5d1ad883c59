import {
  type Address,
  createTestClient,
  type Hex,
  http,
  publicActions,
  type TransactionReceipt,
  walletActions,
} from 'viem'

/** The first account of anvil's public test mnemonic; the node holds its key and signs for it. It owns the token. */
export const developer: Address = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'

export type ChainClient = ReturnType<typeof chainClient>

/** A client with anvil's own methods; polls quickly, for this chain mines at once. */
export function chainClient(rpcUrl: string) {
  const client = createTestClient({ mode: 'anvil', transport: http(rpcUrl, { retryCount: 0 }), pollingInterval: 20 })
  return client.extend(publicActions).extend(walletActions)
}

export interface DeveloperTransaction {
  readonly to?: Address
  readonly data?: Hex
  readonly value?: bigint
}

/** Sends from the developer's account and waits until it is mined; throws when it was reverted. */
export async function sendAsDeveloper(client: ChainClient, what: DeveloperTransaction): Promise<TransactionReceipt> {
  const free = { gas: 5_000_000n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
  const hash = await client.sendTransaction({ account: developer, chain: null, ...free, ...what })
  const receipt = await client.waitForTransactionReceipt({ hash, timeout: 10_000 })
  if (receipt.status !== 'success') throw new Error(`The development chain reverted ${hash}.`)
  return receipt
}
