import {
  type Address,
  BaseError,
  BlockNotFoundError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  createPublicClient,
  defineChain,
  ExecutionRevertedError,
  encodeFunctionData,
  erc20Abi,
  type Hex,
  HttpRequestError,
  http,
  InsufficientFundsError,
  keccak256,
  type PublicClient,
  type ReadContractParameters,
  TimeoutError,
  TransactionNotFoundError,
  TransactionReceiptNotFoundError,
} from 'viem'
import { type Asset, type ChainId, chainNumber } from '#platform/caip'
import { wordsOf } from '#platform/words'
import { presence } from './presence.ts'

const RPC_TIMEOUT_MS = 10_000
/** Of a node's own words, in characters: enough to say what was wrong. */
const MAX_WORDS = 500

/** The chain did not answer, or not as it must: nothing is known, try again later. */
export class ChainUnavailable extends Error {
  override readonly name = 'ChainUnavailable'
}

/** What is sent to a chain to move an amount. */
export interface Call {
  readonly to: Address
  readonly value: bigint
  readonly data: Hex
}

/** Blocks after one, up to another. */
export interface Page {
  readonly after: bigint
  readonly to: bigint
}

export interface Receipt {
  readonly hash: Hex
  readonly isSuccess: boolean
  readonly blockNumber: bigint
  readonly from: Address
  readonly to: Address | null
  readonly value: bigint
  readonly nonce: bigint
  /** What the sender paid for it, in the native coin, as far as the node says. */
  readonly fee: bigint
  readonly logs: readonly { address: Address; topics: readonly Hex[]; data: Hex }[]
}

/** `outbid`: another transaction of the same nonce that pays more is there. `underpriced`: not at this fee, now. */
export type BroadcastResult = 'accepted' | 'nonceUsed' | 'outbid' | 'underpriced' | { readonly refused: string }

/** One chain's node, asked only for facts. Every failure to answer is a ChainUnavailable. */
export type Rpc = ReturnType<typeof rpc>

export function rpc({ chain, rpcUrl, isEmbedded }: { chain: ChainId; rpcUrl: string; isEmbedded: boolean }) {
  const client: PublicClient = createPublicClient({
    chain: defineChain({
      id: chainNumber(chain),
      name: chain,
      nativeCurrency: { name: 'native coin', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [rpcUrl] } },
    }),
    // What is asked in one turn of the event loop goes in one request.
    transport: http(rpcUrl, {
      ...{ timeout: RPC_TIMEOUT_MS, retryCount: 0, fetchFn: fetchAll },
      batch: { batchSize: 50, wait: 0 },
    }),
    cacheTime: 0,
  })
  let isRightChain = false
  const through = presence({ isSilence, away: () => new ChainUnavailable(`${chain}: its node does not answer`) })

  /** Without viem's error as its cause: that holds the address of the node, which may hold a key. */
  const unanswered = (error: unknown) =>
    new ChainUnavailable(`${chain}: ${wordsOf(shortMessage(error).replaceAll(rpcUrl, 'its RPC address'), MAX_WORDS)}`)

  /** A node of another chain would show false receipts: it is never believed. */
  async function ask<T>(question: (client: PublicClient) => Promise<T>): Promise<T> {
    try {
      if (!isRightChain) {
        const id = await through(() => client.getChainId())
        if (id !== chainNumber(chain))
          throw new ChainUnavailable(`the node at the RPC address of ${chain} is on eip155:${id}`)
        isRightChain = true
      }
      return await through(() => question(client))
    } catch (error) {
      if (error instanceof ChainUnavailable) throw error
      throw unanswered(error)
    }
  }

  return {
    blockNumber: () => ask((node) => node.getBlockNumber()),

    /** How many transactions of an account are mined. */
    minedNonce: (address: Address) => ask((node) => node.getTransactionCount({ address, blockTag: 'latest' })),

    balance: (asset: Asset, address: Address): Promise<bigint> =>
      ask((node) =>
        asset.kind === 'native'
          ? node.getBalance({ address })
          : node.readContract({ address: asset.contract, abi: erc20Abi, functionName: 'balanceOf', args: [address] }),
      ),

    /** Symbol and decimals as the token says; undefined when there is no such token. */
    async token(contract: Address): Promise<{ symbol: string; decimals: number } | undefined> {
      const code = await ask((node) => node.getCode({ address: contract }))
      if (code === undefined || code === '0x') return undefined
      const at = { address: contract, abi: erc20Abi } as const
      const answers = await ask((node) =>
        Promise.allSettled([
          node.readContract({ ...at, functionName: 'symbol' }),
          node.readContract({ ...at, functionName: 'decimals' }),
        ]),
      )
      const [symbol, decimals] = answers
      for (const answer of answers)
        if (answer.status === 'rejected' && !isNoToken(answer.reason)) throw unanswered(answer.reason)
      if (symbol.status === 'rejected' || decimals.status === 'rejected') return undefined
      return { symbol: symbol.value, decimals: decimals.value }
    },

    /** The embedded chain mines for nothing (its node still suggests a tip, which a payer without coins could not pay). */
    fees: () =>
      ask(async (node) => {
        if (isEmbedded) return { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
        const { maxFeePerGas, maxPriorityFeePerGas } = await node.estimateFeesPerGas()
        return { maxFeePerGas, maxPriorityFeePerGas }
      }),

    /** Undefined when the node says that the call would fail. */
    async gasOf(from: Address, call: Call): Promise<bigint | undefined> {
      return ask(async (node) => {
        try {
          return await node.estimateGas({ account: from, ...call })
        } catch (error) {
          if (isExecutionFailure(error)) return undefined
          throw error
        }
      })
    },

    /** Hands signed bytes to the node. Handing the same bytes over again is harmless. */
    async broadcast(raw: Hex): Promise<BroadcastResult> {
      return ask(async (node) => {
        try {
          await node.sendRawTransaction({ serializedTransaction: raw })
          return 'accepted'
        } catch (error) {
          return broadcastResult(error)
        }
      })
    },

    /** Undefined while the transaction is not in a block. */
    async receipt(hash: Hex): Promise<Receipt | undefined> {
      return ask(async (node) => {
        try {
          const [receipt, transaction] = await Promise.all([
            node.getTransactionReceipt({ hash }),
            node.getTransaction({ hash }),
          ])
          const { from, to, blockNumber, logs } = receipt
          return {
            hash,
            isSuccess: receipt.status === 'success',
            blockNumber,
            from,
            to,
            value: transaction.value,
            nonce: BigInt(transaction.nonce),
            fee: feeOf(receipt),
            logs,
          }
        } catch (error) {
          if (error instanceof TransactionReceiptNotFoundError || error instanceof TransactionNotFoundError)
            return undefined
          throw error
        }
      })
    },

    /** Transfers of a token between two accounts in a range of blocks, for finding what a queue did. */
    transfers: (token: Address, parties: { from: Address; to: Address }, { after, to: last }: Page) =>
      ask((node) =>
        node.getLogs({
          address: token,
          event: TRANSFER,
          args: parties,
          fromBlock: after + 1n,
          toBlock: last,
          strict: true,
        }),
      ),

    /** False when the token says so instead of failing, as some do. */
    async wouldMove(from: Address, { to, data }: Call): Promise<boolean> {
      return ask(async (node) => {
        try {
          const { data: answer } = await node.call({ account: from, to, data })
          // Tokens from before the standard answer nothing.
          return answer === undefined || BigInt(answer) !== 0n
        } catch (error) {
          if (isExecutionFailure(error)) return false
          throw error
        }
      })
    },

    /** What a contract answers; `refused` when it answers that it will not, or does not know the question. */
    read: (call: ReadContractParameters): Promise<{ value: unknown } | { refused: Error }> =>
      ask(async (node) => {
        try {
          return { value: await node.readContract(call) }
        } catch (error) {
          if (isNoToken(error)) return { refused: error as Error }
          throw error
        }
      }),

    code: (address: Address) => ask((node) => node.getCode({ address })),

    timeOf: (blockNumber: bigint) => ask(async (node) => (await node.getBlock({ blockNumber })).timestamp),

    /** Transactions of a block, for finding native transfers. */
    block: (blockNumber: bigint) => ask((node) => node.getBlock({ blockNumber, includeTransactions: true })),

    /** Undefined when the node has no such block (yet, or any more). */
    async blockHash(blockNumber: bigint): Promise<Hex | undefined> {
      return ask(async (node) => {
        try {
          return (await node.getBlock({ blockNumber })).hash
        } catch (error) {
          if (error instanceof BlockNotFoundError) return undefined
          throw error
        }
      })
    },

    /** How many transactions of an account were mined up to a block. A node knows this of recent blocks only. */
    nonceAt: (address: Address, blockNumber: bigint) =>
      ask(async (node) => BigInt(await node.getTransactionCount({ address, blockNumber }))),

    /** Undefined when what is at the token's address does not answer as a token does. */
    async balanceAt(asset: Asset, address: Address, blockNumber: bigint): Promise<bigint | undefined> {
      return ask(async (node) => {
        if (asset.kind === 'native') return node.getBalance({ address, blockNumber })
        const call = { address: asset.contract, abi: erc20Abi, functionName: 'balanceOf', args: [address] } as const
        try {
          return await node.readContract({ ...call, blockNumber })
        } catch (error) {
          if (isNoToken(error)) return undefined
          throw error
        }
      })
    },

    /** Every transfer of some tokens out of an account (`from`) or into it (`to`), in blocks from one to another. */
    movements: (
      tokens: Address[],
      side: { from: Address } | { to: Address },
      { from: fromBlock, to: toBlock }: { from: bigint; to: bigint },
    ) =>
      ask((node) => node.getLogs({ address: tokens, event: TRANSFER, args: side, fromBlock, toBlock, strict: true })),
  }
}

interface Numbered {
  readonly id?: unknown
}

/**
 * viem gives the answers of a batch to its questions in the order of their ids, without looking whose they are: where
 * one is missing, each question after it would get its neighbour's answer. So all are there, or none is believed.
 */
async function fetchAll(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init)
  if (!response.ok) return response
  const text = await response.text()
  const asked = JSON.parse(String(init?.body)) as Numbered | Numbered[]
  const answers = JSON.parse(text) as Numbered | Numbered[]
  if (Array.isArray(asked) && Array.isArray(answers) && !isRefusal(answers)) {
    const ids = new Set(answers.map(({ id }) => id))
    const isWhole = answers.length === asked.length && asked.every(({ id }) => ids.has(id))
    if (!isWhole) throw new Error('not every question of a batch was answered')
  }
  return new Response(text, { status: response.status, headers: { 'content-type': 'application/json' } })
}

/** One error for all of them, as some nodes say it. */
const isRefusal = (answers: Numbered[]): boolean => answers.length === 1 && 'error' in (answers[0] ?? {})

const TRANSFER = erc20Abi[1]

/** What moves an amount of an asset to a payee. */
export function transferCall(asset: Asset, payee: Address, amount: bigint): Call {
  if (asset.kind === 'native') return { to: payee, value: amount, data: '0x' }
  const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [payee, amount] })
  return { to: asset.contract, value: 0n, data }
}

export const hashOf = (raw: Hex): Hex => keccak256(raw)

/** Rollups charge for their share of the chain below in a field of their own. */
function feeOf(receipt: { gasUsed: bigint; effectiveGasPrice: bigint }): bigint {
  const l1Fee = 'l1Fee' in receipt && receipt.l1Fee ? BigInt(String(receipt.l1Fee)) : 0n
  return receipt.gasUsed * receipt.effectiveGasPrice + l1Fee
}

function shortMessage(error: unknown): string {
  if (error instanceof BaseError) return error.details || error.shortMessage
  return error instanceof Error ? error.message : String(error)
}

/** No answer at all, not even a refusal. */
function isSilence(error: unknown): boolean {
  const is = (inner: unknown) =>
    inner instanceof TimeoutError || (inner instanceof HttpRequestError && inner.status === undefined)
  return error instanceof BaseError && error.walk(is) !== null
}

/** The contract answered, but not as a token does. */
function isNoToken(error: unknown): boolean {
  const is = (inner: unknown) =>
    inner instanceof ContractFunctionRevertedError || inner instanceof ContractFunctionZeroDataError
  return error instanceof BaseError && error.walk(is) !== null
}

/** The node ran the call and says that it fails; anything else it may say (a rate limit, a missing block) is no answer. */
function isExecutionFailure(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false
  return (
    error.walk(
      (inner) =>
        inner instanceof ExecutionRevertedError ||
        inner instanceof InsufficientFundsError ||
        codeOf(inner) === EXECUTION_REVERTED,
    ) !== null
  )
}

/** JSON-RPC code of a reverted call, as geth and its kin answer it. */
const EXECUTION_REVERTED = 3
const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** Nodes say in words what they think of a transaction; anything not recognised counts as no answer. */
function broadcastResult(error: unknown): BroadcastResult {
  const words = error instanceof BaseError ? `${error.details} ${error.shortMessage} ${error.message}` : String(error)
  if (/already known|already imported|known transaction/i.test(words)) return 'accepted'
  if (/nonce too low|nonce is too low|OldNonce/i.test(words)) return 'nonceUsed'
  if (/replacement transaction underpriced/i.test(words)) return 'outbid'
  if (/underpriced|max fee per gas less than|fee cap less than/i.test(words)) return 'underpriced'
  if (/insufficient funds|intrinsic gas|exceeds block gas limit/i.test(words))
    return { refused: wordsOf(shortMessage(error), MAX_WORDS) }
  throw error
}
