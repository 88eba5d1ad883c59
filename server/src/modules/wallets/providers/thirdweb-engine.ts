import { type Static, Type } from 'typebox'
import { getAddress, type Hex } from 'viem'
import { chainNumber } from '#platform/caip'
import { nullable, oneOf } from '#platform/schemas'
import {
  notInMode,
  type OpenedWallet,
  ProviderError,
  type ProviderWallet,
  type QueueStatus,
  type SigningWallet,
  type Submission,
  type UnsignedTransaction,
  type WalletProvider,
} from '../provider.ts'
import {
  type JsonClient,
  ProviderAddress,
  ProviderHash,
  type ProviderRequest,
  SubmissionName,
  within,
} from './json-client.ts'
import { codeOf, engineClient } from './thirdweb-engine-client.ts'

export interface EngineSettings {
  readonly url: string
  readonly token: string
  readonly mode: 'signer' | 'queue'
  readonly timeoutsMs?: EngineTimeouts
}

/** `open` looks, creates and looks again; `call` is one exchange. */
export interface EngineTimeouts {
  readonly open: number
  readonly call: number
}

/** The real Engine takes about 2 s to create an account and answers everything else well under one. */
const TIMEOUTS_MS: EngineTimeouts = { open: 30_000, call: 10_000 }
/** An account is listed in about 400 bytes, so a page stays well under the client's 1 MiB. */
const ACCOUNTS_PER_PAGE = 500
const MAX_PAGES = 400
/** Were every page shuffled anew, a pass would miss a third; 100,000 accounts are then all seen after about 12. */
const MAX_PASSES = 40

const Accounts = Type.Array(
  Type.Object({ address: ProviderAddress, type: Type.String(), label: nullable(Type.String()) }),
)
const Created = Type.Object({ walletAddress: ProviderAddress })
const Raw = Type.String({ pattern: '^0x([0-9a-fA-F]{2})+$' })
const Queued = Type.Object({ queueId: SubmissionName })
const QueuedTransaction = Type.Object({
  status: oneOf(['queued', 'sent', 'mined', 'errored', 'cancelled']),
  transactionHash: nullable(ProviderHash),
  errorMessage: nullable(Type.String()),
})

type Account = Static<typeof Accounts>[number]

/**
 * A self-hosted thirdweb Engine v2. Accounts are found by their label, which is the wallet's id. The mode decides how new
 * payments are made; those that were begun in the other one are still signed and asked for.
 */
export function thirdwebEngineProvider(settings: EngineSettings): WalletProvider {
  const { mode, timeoutsMs = TIMEOUTS_MS } = settings
  const engine = engineClient(settings)
  const inTurn = turns()
  return {
    name: 'thirdweb-engine',
    mode,
    async open(wallet, signal) {
      const bounded = within(signal, timeoutsMs.open)
      return inTurn(wallet.id, () => open(engine, wallet, bounded))
    },
    async sign(wallet, transaction, signal) {
      return sign(engine, wallet, transaction, within(signal, timeoutsMs.call))
    },
    async submit(wallet, submission, signal) {
      if (mode !== 'queue') return notInMode('thirdweb-engine', 'submit')
      return submit(engine, wallet, submission, within(signal, timeoutsMs.call))
    },
    async status(queueId, signal) {
      return status(engine, queueId, within(signal, timeoutsMs.call))
    },
  }
}

/** Creating is not idempotent, so we look first; and again afterwards, for an earlier one that came late. */
async function open(engine: JsonClient, { id }: ProviderWallet, signal: AbortSignal): Promise<OpenedWallet> {
  const found = await accountsLabelled(engine, id, signal)
  if (found.length > 0) return lowest(found)
  const request = { method: 'POST', path: '/backend-wallet/create', body: { label: id, type: 'local' } } as const
  const { walletAddress } = await engine.call(request, Created, signal)
  const made: Account = { address: walletAddress, type: 'local', label: id }
  try {
    return lowest([...(await accountsLabelled(engine, id, signal)), made])
  } catch (cause) {
    throw new ProviderError('unknown', 'Engine made an account but did not list its accounts', { cause })
  }
}

/** Of several accounts with one label everyone must answer the same one. */
function lowest(accounts: Account[]): OpenedWallet {
  const [first] = accounts
    .map((account) => ({ ...account, address: account.address.toLowerCase() }))
    .sort((a, b) => (a.address < b.address ? -1 : 1))
  if (first === undefined) throw new Error('there is no lowest of no accounts')
  return { address: getAddress(first.address), metadata: { label: first.label, type: first.type } }
}

/**
 * Pages have no order and no total, so rows move between them while we read. A full pass counts the accounts even then:
 * the look is complete when a pass showed nothing new and the accounts seen are as many as it had rows.
 */
async function accountsLabelled(engine: JsonClient, label: string, signal: AbortSignal): Promise<Account[]> {
  let seen = new Map<string, Account>()
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const rows = await onePass(engine, signal)
    const before = seen.size
    for (const row of rows) seen.set(row.address.toLowerCase(), row)
    const isFirst = pass === 0
    if (!isFirst && seen.size === before && seen.size === rows.length) {
      return [...seen.values()].filter((account) => account.label === label)
    }
    // More than there are: one was removed meanwhile, and its place may hide one not seen yet.
    if (seen.size > rows.length) seen = new Map()
  }
  throw new ProviderError('unknown', `Engine's list of accounts did not settle in ${MAX_PASSES} passes`)
}

async function onePass(engine: JsonClient, signal: AbortSignal): Promise<Account[]> {
  const rows: Account[] = []
  for (let page = 1; page <= MAX_PAGES; page++) {
    const path = `/backend-wallet/get-all?page=${page}&limit=${ACCOUNTS_PER_PAGE}`
    const accounts = await engine.call({ method: 'GET', path }, Accounts, signal)
    rows.push(...accounts)
    if (accounts.length < ACCOUNTS_PER_PAGE) return rows
  }
  throw new ProviderError('unknown', `Engine lists more than ${MAX_PAGES * ACCOUNTS_PER_PAGE} accounts`)
}

/** Every field is given, because Engine makes up those that are missing. */
async function sign(engine: JsonClient, wallet: SigningWallet, asked: UnsignedTransaction, signal: AbortSignal) {
  const transaction = {
    type: 2,
    chainId: chainNumber(asked.chain),
    nonce: String(asked.nonce),
    to: asked.to,
    value: String(asked.value),
    data: asked.data,
    gasLimit: String(asked.gas),
    maxFeePerGas: String(asked.maxFeePerGas),
    maxPriorityFeePerGas: String(asked.maxPriorityFeePerGas),
  }
  const headers = { 'x-backend-wallet-address': wallet.address }
  const request = { method: 'POST', path: '/backend-wallet/sign-transaction', headers, body: { transaction } } as const
  return (await engine.call(request, Raw, signal)) as Hex
}

/** Never with `txOverrides`: with them and without a value inside, Engine sends nothing and reports success. */
async function submit(engine: JsonClient, wallet: SigningWallet, submission: Submission, signal: AbortSignal) {
  const { chain, to, data, value, submissionKey } = submission
  const request: ProviderRequest = {
    method: 'POST',
    path: `/backend-wallet/${chainNumber(chain)}/send-transaction`,
    headers: { 'x-backend-wallet-address': wallet.address, 'x-idempotency-key': submissionKey },
    body: { toAddress: to, data, value: String(value) },
    secret: submissionKey,
  }
  return { queueId: (await engine.call(request, Queued, signal)).queueId }
}

const STATES: Record<Static<typeof QueuedTransaction>['status'], QueueStatus['state']> = {
  queued: 'pending',
  sent: 'pending',
  mined: 'mined',
  errored: 'errored',
  cancelled: 'cancelled',
}

/** Mined is said of a reverted one too: the chain decides which it was. */
async function status(engine: JsonClient, queueId: string, signal: AbortSignal): Promise<QueueStatus> {
  const path = `/transaction/status/${encodeURIComponent(queueId)}`
  const request: ProviderRequest = { method: 'GET', path, secret: queueId }
  const reply = await engine.exchange(request, signal)
  if (codeOf(reply) === 'TRANSACTION_NOT_FOUND') return { state: 'unknown' }
  const { status, transactionHash, errorMessage } = engine.resultOf(reply, QueuedTransaction, request)
  const state = STATES[status]
  if (state === 'mined' && transactionHash === null) {
    throw new ProviderError('unknown', 'Engine says mined but not in which transaction')
  }
  return {
    state,
    ...(transactionHash === null ? {} : { transactionHash: transactionHash as Hex }),
    ...(errorMessage === null ? {} : { detail: engine.quote(errorMessage, request) }),
  }
}

/**
 * One at a time for each wallet: of two creates in flight, the earlier would answer before it could see a lower one.
 * Whoever waits is bounded all the same, since the one before it started its own deadline earlier. Between processes
 * only the row decides which address counts.
 */
function turns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const turn = (last.get(key) ?? Promise.resolve()).then(work, work)
    last.set(key, turn)
    try {
      return await turn
    } finally {
      if (last.get(key) === turn) last.delete(key)
    }
  }
}
