import { randomUUID } from 'node:crypto'
import { type Address, createPublicClient, type Hex, http, keccak256, type PublicClient } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { notifier } from './fake-engine-webhooks.ts'

/** What the Engine keeps. Pass the same one again to start it anew with its accounts and its history. */
export interface EngineState {
  readonly wallets: EngineWallet[]
  readonly signatures: EngineSignature[]
  readonly transactions: Map<string, EngineTransaction>
  readonly webhooks: { id: number; url: string; eventType: string; secret: string }[]
  chains: unknown[]
  /** Switched on until `behave()`, also over a restart. */
  readonly misbehaviours: Set<Misbehaviour>
  /** Broadcast by an Engine that was killed before it wrote that down. */
  readonly unrecorded: Set<string>
}

export const newEngineState = (): EngineState => ({
  wallets: [],
  signatures: [],
  transactions: new Map(),
  webhooks: [],
  chains: [],
  misbehaviours: new Set(),
  unrecorded: new Set(),
})

export interface EngineWallet {
  /** Lower case, as the list shows it. */
  readonly address: Address
  readonly label: string | null
  readonly type: string
  readonly privateKey: Hex
}

export interface SignedFields {
  readonly to: Address
  readonly value: bigint
  readonly data: Hex
  readonly nonce: number
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  readonly chainId: number
}

/** One signature by one of the Engine's keys: who asked, when, and over what. */
export interface EngineSignature extends SignedFields {
  readonly by: 'sign-transaction' | 'queue'
  readonly at: Date
  readonly from: Address
  readonly raw: Hex
  readonly hash: Hex
}

/** Of one payment only. */
export type QueueFlaw = 'errored-though-paid' | 'zero-value' | 'never-broadcast'

/**
 * What the real Engine was seen to do (`facts/ENGINE.md`), of every payment until it is switched off. Two more of its
 * flaws need no switch, they are always there: overrides without a value send nothing, and a known key answers 200
 * with the old queue id whatever the payload.
 */
export type Misbehaviour =
  /** As when the node's reply to a broadcast is lost: it sends again with the next nonce and shows the second one. */
  | 'paysTwice'
  /** As when it is killed after a broadcast: nothing is written down, and the next one on this state pays again. */
  | 'paysAgainAfterRestart'
  /** As when Redis is emptied: at once and after each broadcast nothing is known, and the same key pays again. */
  | 'forgets'
  | 'sendsZero'
  | 'erroredThoughPaid'
  /** As after a cancel: it stays `sent` and shows the hash of a replacement that moves nothing. */
  | 'sentAfterCancel'
  /** It says `cancelled`, and then the payment is mined. */
  | 'paysAfterCancelled'
  | 'neverBroadcasts'
  | 'duplicatesWebhooks'
  | 'reordersWebhooks'

const MISBEHAVIOUR_OF: Record<QueueFlaw, Misbehaviour> = {
  'errored-though-paid': 'erroredThoughPaid',
  'zero-value': 'sendsZero',
  'never-broadcast': 'neverBroadcasts',
}

/** As `GET /transaction/status` shows it. Like the real one, an errored transaction shows no hash. */
export interface EngineTransaction {
  readonly queueId: string
  status: 'queued' | 'sent' | 'mined' | 'errored' | 'cancelled'
  chainId: string
  fromAddress: string
  toAddress: string
  data: string
  value: string
  nonce: number | null
  transactionHash: Hex | null
  onchainStatus: 'success' | 'reverted' | null
  errorMessage: string | null
  queuedAt: string
  sentAt: string | null
  minedAt: string | null
  blockNumber: number | null
}

export type Engine = ReturnType<typeof engineOn>

/** Its keys and its queue, working on a real chain. */
export function engineOn(rpcUrl: string, state: EngineState) {
  const chain = createPublicClient({ transport: http(rpcUrl), pollingInterval: 20, cacheTime: 0 })
  const lanes = new Map<string, Promise<void>>()
  const nonces = new Map<Address, number>()

  const walletOf = (address: string) => state.wallets.find((wallet) => wallet.address === address.toLowerCase())

  async function sign(by: EngineSignature['by'], wallet: EngineWallet, fields: SignedFields): Promise<EngineSignature> {
    const account = privateKeyToAccount(wallet.privateKey)
    const raw = await account.signTransaction({ ...fields, type: 'eip1559' })
    const signature = { ...fields, by, at: new Date(), from: account.address, raw, hash: keccak256(raw) }
    state.signatures.push(signature)
    return signature
  }

  async function broadcast(
    wallet: EngineWallet,
    { toAddress, data, value }: Pick<EngineTransaction, 'toAddress' | 'data' | 'value'>,
  ): Promise<EngineSignature> {
    const from = privateKeyToAccount(wallet.privateKey).address
    const call = { to: toAddress as Address, data: data as Hex, value: BigInt(value) }
    const gas = await chain.estimateGas({ account: from, ...call })
    const { maxFeePerGas, maxPriorityFeePerGas } = await chain.estimateFeesPerGas()
    const onChain = await chain.getTransactionCount({ address: from, blockTag: 'pending' })
    const nonce = Math.max(onChain, nonces.get(wallet.address) ?? 0)
    const chainId = await chain.getChainId()
    const signed = await sign('queue', wallet, { ...call, gas, maxFeePerGas, maxPriorityFeePerGas, nonce, chainId })
    await chain.sendRawTransaction({ serializedTransaction: signed.raw })
    nonces.set(wallet.address, nonce + 1)
    return signed
  }

  const notify = notifier(state)
  function change(transaction: EngineTransaction, changes: Partial<EngineTransaction>): void {
    Object.assign(transaction, changes)
    notify(transaction)
  }

  async function work(queueId: string, flaw: QueueFlaw | undefined): Promise<void> {
    const transaction = state.transactions.get(queueId)
    const has = (each: Misbehaviour) =>
      state.misbehaviours.has(each) || (flaw !== undefined && MISBEHAVIOUR_OF[flaw] === each)
    if (transaction === undefined || has('neverBroadcasts')) return
    try {
      const wallet = walletOf(transaction.fromAddress)
      if (wallet === undefined) throw new Error('Account not found')
      if (has('paysAfterCancelled')) change(transaction, { status: 'cancelled' })
      let sent = await broadcast(wallet, as(transaction, has))
      if (has('paysTwice')) sent = await broadcast(wallet, transaction)
      if (!state.unrecorded.delete(queueId) && has('paysAgainAfterRestart')) return void state.unrecorded.add(queueId)
      if (has('forgets')) return forget(queueId)
      if (has('paysAfterCancelled')) return
      if (has('erroredThoughPaid')) throw new Error('Transaction timed out.')
      change(transaction, { status: 'sent', nonce: sent.nonce, transactionHash: sent.hash, sentAt: now() })
      if (!has('sentAfterCancel')) void watch(transaction, sent.hash)
    } catch (error) {
      change(transaction, { status: 'errored', errorMessage: error instanceof Error ? error.message : 'failed' })
    }
  }

  async function watch(transaction: EngineTransaction, hash: Hex): Promise<void> {
    // A chain that went away leaves it `sent`, as does the real one until it gives up.
    const receipt = await chain.waitForTransactionReceipt({ hash }).catch(() => undefined)
    if (receipt === undefined) return
    const blockNumber = Number(receipt.blockNumber)
    change(transaction, { status: 'mined', onchainStatus: receipt.status, blockNumber, minedAt: now() })
  }

  /** One lane per sender, so that nonces follow each other; lanes run beside each other. */
  function start(queueId: string, flaw?: QueueFlaw): void {
    const sender = state.transactions.get(queueId)?.fromAddress.toLowerCase() ?? ''
    lanes.set(
      sender,
      (lanes.get(sender) ?? Promise.resolve()).then(() => work(queueId, flaw)),
    )
  }

  const { enqueue, forget } = enqueuer(state, start)
  for (const queueId of state.unrecorded) setImmediate(start, queueId)
  const transactionOf = (queueId: string) => state.transactions.get(queueId)
  return { chain: chain as PublicClient, walletOf, transactionOf, sign, enqueue, forget }
}

/** The payment, or what is sent in its place. */
function as(
  { toAddress, fromAddress, data, value }: EngineTransaction,
  has: (each: Misbehaviour) => boolean,
): Pick<EngineTransaction, 'toAddress' | 'data' | 'value'> {
  if (has('sentAfterCancel')) return { toAddress: fromAddress, data: '0x', value: '0' }
  return { toAddress, data, value: has('sendsZero') ? '0' : value }
}

type Enqueue = (wanted: Wanted, options: { key?: string | undefined; flaw?: QueueFlaw | undefined }) => Promise<string>
type Wanted = Pick<EngineTransaction, 'chainId' | 'fromAddress' | 'toAddress' | 'data' | 'value'>

/**
 * The key is the queueId. A known key answers the old id whatever the payload; two at once both find it free, the later
 * write stays, and there is one job: these are the real one's flaws.
 */
function enqueuer(state: EngineState, start: (queueId: string, flaw?: QueueFlaw) => void) {
  const jobs = new Set(state.transactions.keys())
  const enqueue: Enqueue = async (wanted, { key, flaw }) => {
    const queueId = key ?? randomUUID()
    if (state.transactions.has(queueId)) return queueId
    await new Promise(setImmediate)
    state.transactions.set(queueId, { ...wanted, ...blank, queueId, queuedAt: now() })
    if (!jobs.has(queueId)) setImmediate(start, queueId, flaw)
    jobs.add(queueId)
    return queueId
  }
  /** Queue, keys and history are in one place, and go together. */
  function forget(...queueIds: string[]): void {
    for (const queueId of queueIds) {
      state.transactions.delete(queueId)
      jobs.delete(queueId)
    }
  }
  return { enqueue, forget }
}

const now = () => new Date().toISOString()

const blank = {
  status: 'queued',
  nonce: null,
  transactionHash: null,
  onchainStatus: null,
  errorMessage: null,
  sentAt: null,
  minedAt: null,
  blockNumber: null,
} as const
