import { type Static, Type } from 'typebox'
import { getAddress, type Hex, isAddressEqual } from 'viem'
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
import { type HostedSettings, type HostedTimeouts, hostedClients } from './thirdweb-client.ts'

const TIMEOUTS_MS: HostedTimeouts = { open: 30_000, call: 10_000 }

const ServerWallet = Type.Object({
  address: ProviderAddress,
  smartWalletAddress: Type.Optional(nullable(ProviderAddress)),
  profiles: Type.Optional(Type.Array(Type.Object({ identifier: Type.Optional(Type.String()) }))),
})

/** Whole numbers as the API writes them: decimal, or hexadecimal with a prefix. */
const Quantity = Type.String({ pattern: '^([0-9]{1,78}|0x[0-9a-fA-F]{1,64})$' })
const Queued = Type.Object({
  transactions: Type.Array(
    Type.Object({
      id: SubmissionName,
      executionParams: Type.Object({ type: Type.String(), chainId: Type.Integer(), from: ProviderAddress }),
      transactionParams: Type.Array(
        // What is left out is empty, as in a request.
        Type.Object({
          to: ProviderAddress,
          value: Type.Optional(Quantity),
          data: Type.Optional(Type.String({ pattern: '^0x([0-9a-fA-F]{2})*$' })),
        }),
      ),
    }),
  ),
})

const Found = Type.Object({
  transactions: Type.Array(
    Type.Object({
      id: Type.String(),
      status: nullable(oneOf(['QUEUED', 'SUBMITTED', 'CONFIRMED', 'FAILED'])),
      transactionHash: nullable(ProviderHash),
      errorMessage: nullable(Type.String()),
      cancelledAt: nullable(Type.String()),
    }),
  ),
})
type FoundTransaction = Static<typeof Found>['transactions'][number]

/**
 * thirdweb's hosted APIs. It keeps the keys and sends by itself, so it is a queue. Written and tested against the
 * published types only.
 */
export function thirdwebProvider(settings: HostedSettings): WalletProvider {
  const { timeoutsMs = TIMEOUTS_MS } = settings
  const { wallets, transactions } = hostedClients(settings)
  return {
    name: 'thirdweb',
    mode: 'queue',
    open: (wallet, signal) => open(wallets, wallet, within(signal, timeoutsMs.open)),
    sign: async () => notInMode('thirdweb', 'sign'),
    submit: (wallet, submission, signal) =>
      submit(transactions, { wallet, submission, signal: within(signal, timeoutsMs.call) }),
    status: (queueId, signal) => status(transactions, queueId, within(signal, timeoutsMs.call)),
  }
}

/**
 * Making a wallet is idempotent by its identifier. That is our wallet's id and not the agent's, since an agent may have
 * several wallets; it was written down before the call, so a lost answer is asked for again under the same name.
 */
async function open(api: JsonClient, { id }: ProviderWallet, signal: AbortSignal): Promise<OpenedWallet> {
  const request: ProviderRequest = { method: 'POST', path: '/wallets/server', body: { identifier: id } }
  const { address, smartWalletAddress, profiles } = await api.call(request, ServerWallet, signal)
  const named = profiles?.flatMap(({ identifier }) => identifier ?? []) ?? []
  if (named.length > 0 && !named.includes(id)) {
    throw new ProviderError('unknown', 'thirdweb answered with the wallet of another identifier')
  }
  const metadata = { identifier: id, ...(smartWalletAddress && { smartWalletAddress }) }
  return { address: getAddress(address), metadata }
}

/**
 * As a plain transaction of the wallet's own account (`EOA`): with any other execution the money would leave a smart
 * account, and neither its nonce nor its sender would be the wallet's, by which Wedi looks for it on chain.
 */
async function submit(
  api: JsonClient,
  { wallet, submission, signal }: { wallet: SigningWallet; submission: Submission; signal: AbortSignal },
) {
  const { chain, to, data, value, submissionKey } = submission
  const options = { chainId: chainNumber(chain), idempotencyKey: submissionKey, type: 'EOA', from: wallet.address }
  const request: ProviderRequest = {
    method: 'POST',
    path: '/write/transaction',
    body: { executionOptions: options, params: [{ to, data, value: String(value) }] },
    expects: 202,
    secret: submissionKey,
  }
  const { transactions } = await api.call(request, Queued, signal)
  if (!isAsAsked(transactions, wallet, submission)) {
    throw new ProviderError('unknown', 'thirdweb took something else than it was handed')
  }
  return { queueId: submissionKey }
}

/** One transaction, under our key, from our account, with our fields. A known key answers with what it was first used for. */
function isAsAsked(
  taken: Static<typeof Queued>['transactions'],
  { address }: SigningWallet,
  { chain, to, data, value, submissionKey }: Submission,
): boolean {
  const [one, ...more] = taken
  const [call, ...calls] = one?.transactionParams ?? []
  if (one === undefined || call === undefined || more.length + calls.length > 0) return false
  const { type, chainId, from } = one.executionParams
  const isOurs = one.id === submissionKey && type === 'EOA' && chainId === chainNumber(chain)
  const isCall = BigInt(call.value ?? 0) === value && (call.data ?? '0x').toLowerCase() === data.toLowerCase()
  return isOurs && isCall && isAddressEqual(from as Hex, address) && isAddressEqual(call.to as Hex, to)
}

const STATES: Record<NonNullable<FoundTransaction['status']>, QueueStatus['state']> = {
  QUEUED: 'pending',
  SUBMITTED: 'pending',
  CONFIRMED: 'mined',
  FAILED: 'errored',
}

/** Confirmed is said of a reverted one too: the chain decides which it was. */
async function status(api: JsonClient, queueId: string, signal: AbortSignal): Promise<QueueStatus> {
  const filters = [{ field: 'id', values: [queueId], operation: 'OR' }]
  const request: ProviderRequest = { method: 'POST', path: '/transactions/search', body: { filters }, secret: queueId }
  const { transactions } = await api.call(request, Found, signal)
  const [found, ...others] = transactions.filter(({ id }) => id === queueId)
  if (found === undefined) return { state: 'unknown' }
  if (others.length > 0) throw new ProviderError('unknown', 'thirdweb lists several transactions under one id')
  const { transactionHash, errorMessage, cancelledAt } = found
  const state = cancelledAt === null ? STATES[found.status ?? 'QUEUED'] : 'cancelled'
  if (state === 'mined' && transactionHash === null) {
    throw new ProviderError('unknown', 'thirdweb says confirmed but not in which transaction')
  }
  return {
    state,
    ...(transactionHash === null ? {} : { transactionHash: transactionHash as Hex }),
    ...(errorMessage === null ? {} : { detail: api.quote(errorMessage, request) }),
  }
}
