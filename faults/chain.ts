import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { type Address, erc20Abi, type Hex } from 'viem'
import { type EmbeddedChain, startEmbeddedChain } from '../server/src/embedded/chain.ts'
import { chainClient } from '../server/src/embedded/chain-client.ts'
import { fund } from '../server/src/embedded/faucet.ts'
import { until } from '../server/test/support/until.ts'
import type { RpcProxy } from './rpc-proxy.ts'

/** Blocks on top, its own included, before a payment counts; whatever is taken back is less. */
export const CONFIRMATIONS = 3
const MAX_DEPTH = CONFIRMATIONS - 1
/** A real chain's blocks come whether or not there is something in them. */
const BLOCK_MS = 120

export interface Moved {
  readonly hash: Hex
  readonly from: string
  readonly to: string
  readonly value: bigint
  readonly asset: 'token' | 'native'
}

/** The chain under test: a development node that can lose what it had, and be killed. */
export interface FaultyChain {
  readonly chain: 'eip155:31337'
  readonly token: Address
  readonly rpcUrl: string
  fund(address: Address, amount: bigint): Promise<void>
  height(): Promise<bigint>
  nonceOf(address: Address): Promise<number>
  /** Every movement of the token and the coin in successful transactions after a block. */
  movedSince(block: bigint): Promise<Moved[]>
  /** The last blocks are replaced by empty ones; their transactions come back, like in a real pool, or are forgotten. */
  reorganise(proxy: RpcProxy, how: { depth: number; isForgetting: boolean }): Promise<void>
  /** Nothing is mined for a while. */
  stall(ms: number): Promise<void>
  /** SIGKILL, and a start on its state of that moment or of a few blocks before. */
  killAndRestart(proxy: RpcProxy): Promise<void>
  mine(blocks: number): Promise<void>
  stop(): Promise<void>
}

export async function startFaultyChain(directory: string): Promise<FaultyChain> {
  let node: EmbeddedChain = await startEmbeddedChain({ directory })
  let isMining = true
  let isStopped = false
  const client = () => chainClient(node.rpcUrl)

  const miner = (async () => {
    while (!isStopped) {
      // A node that is being killed mines nothing; the next round finds the new one.
      if (isMining)
        await client()
          .mine({ blocks: 1 })
          .catch(() => undefined)
      await pause(BLOCK_MS)
    }
  })()

  async function rawsAbove(block: bigint, proxy: RpcProxy): Promise<Hex[]> {
    const head = await client().getBlockNumber({ cacheTime: 0 })
    const hashes: Hex[] = []
    for (let number = block + 1n; number <= head; number++) {
      hashes.push(...(await client().getBlock({ blockNumber: number })).transactions)
    }
    return hashes.flatMap((hash) => proxy.rawOf(hash) ?? [])
  }

  /** As a pool does with what fell out of a block. A transaction that is there already, or whose nonce is gone, is no loss. */
  async function resend(raws: readonly Hex[]): Promise<void> {
    for (const raw of raws)
      await client()
        .sendRawTransaction({ serializedTransaction: raw })
        .catch(() => undefined)
  }

  async function reorganise(proxy: RpcProxy, { depth, isForgetting }: { depth: number; isForgetting: boolean }) {
    isMining = false
    try {
      const head = await client().getBlockNumber({ cacheTime: 0 })
      const raws = await rawsAbove(head - BigInt(MAX_DEPTH), proxy)
      await client().request({ method: 'anvil_reorg', params: [Math.min(depth, MAX_DEPTH), []] } as never)
      if (!isForgetting) await resend(raws)
    } finally {
      isMining = true
    }
  }

  async function killAndRestart(proxy: RpcProxy): Promise<void> {
    isMining = false
    proxy.lead()
    try {
      // What is under way reaches it before its state is taken: an answer that was given is kept.
      await pause(50)
      const dump = await client().dumpState()
      process.kill(Number.parseInt(readFileSync(join(directory, 'anvil.pid'), 'utf8'), 10), 'SIGKILL')
      await node.exited
      await node.stop()
      rmSync(join(directory, 'snapshot.json'), { force: true })
      writeFileSync(join(directory, 'state.json'), gunzipSync(Buffer.from(dump.slice(2), 'hex')))
      node = await startEmbeddedChain({ directory })
      // A node that has just come up keeps no older states to go back to.
      await client().mine({ blocks: MAX_DEPTH + 1 })
    } finally {
      isMining = true
      proxy.lead(node.rpcUrl)
    }
  }

  async function movedSince(block: bigint): Promise<Moved[]> {
    const head = await client().getBlockNumber({ cacheTime: 0 })
    const logs = await client().getLogs({
      ...{ address: node.token, event: erc20Abi[1], strict: true },
      ...{ fromBlock: block + 1n, toBlock: head },
    })
    const found: Moved[] = logs.map(({ transactionHash: hash, args }) => ({ hash, ...args, asset: 'token' }))
    for (let number = block + 1n; number <= head; number++) {
      const { transactions } = await client().getBlock({ blockNumber: number, includeTransactions: true })
      for (const { hash, from, to, value } of transactions) {
        if (value > 0n && to !== null) found.push({ hash, from, to, value, asset: 'native' })
      }
    }
    return found
  }

  return {
    ...{ chain: node.chain, token: node.token, reorganise, killAndRestart, movedSince },
    get rpcUrl() {
      return node.rpcUrl
    },
    async fund(address, amount) {
      await fund(node.rpcUrl, node.token, { address, asset: 'token', amount })
      await fund(node.rpcUrl, node.token, { address, asset: 'native', amount: 10n ** 18n })
    },
    height: () => client().getBlockNumber({ cacheTime: 0 }),
    nonceOf: (address) => client().getTransactionCount({ address }),
    async stall(ms) {
      isMining = false
      try {
        await client().setAutomine(false)
        await pause(ms)
      } finally {
        await until('the chain mines again', () =>
          client()
            .setAutomine(true)
            .then(
              () => true,
              () => false,
            ),
        )
        isMining = true
      }
    },
    mine: (blocks) => client().mine({ blocks }),
    async stop() {
      isStopped = true
      await miner
      await node.stop()
    },
  }
}
