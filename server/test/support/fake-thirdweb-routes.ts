import { type Static, type TSchema, Type } from 'typebox'
import { Check } from 'typebox/value'
import { getAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { Engine, EngineState, EngineTransaction, EngineWallet, QueueFlaw } from './fake-engine-queue.ts'

export type HostedRoute = 'wallets' | 'write' | 'search'

/** `garbage`, the two `-after-effect` and the flaws do what was asked; the others do nothing. */
export type HostedFailure =
  | 'lose-reply-after-effect'
  | 'status-500-after-effect'
  | 'status-500'
  | 'status-503'
  | 'garbage'
  | 'hang'
  | 'refuse-400'
  | 'unauthorized'
  | 'insufficient-funds'
  | 'node-403'
  | 'duplicate-key'
  /** Says that it took another amount than it was handed. */
  | 'other-value'
  /** Answers with the wallet of another identifier. */
  | 'other-wallet'
  | QueueFlaw

interface HostedRouteOf {
  readonly path: string
  readonly name: HostedRoute
  readonly success: number
  readonly handle: (body: unknown, how?: HostedFailure) => Promise<unknown>
}

const closed = { additionalProperties: false } as const
const Address = Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' })
const WalletBody = Type.Object({ identifier: Type.String({ minLength: 1 }) }, closed)
const WriteBody = Type.Object(
  {
    executionOptions: Type.Object(
      {
        chainId: Type.Integer(),
        idempotencyKey: Type.String({ minLength: 1 }),
        type: Type.Literal('EOA'),
        from: Address,
      },
      closed,
    ),
    params: Type.Array(
      Type.Object(
        { to: Address, data: Type.String({ pattern: '^0x' }), value: Type.String({ pattern: '^[0-9]+$' }) },
        closed,
      ),
      { minItems: 1, maxItems: 1 },
    ),
  },
  closed,
)
const SearchBody = Type.Object(
  {
    filters: Type.Array(
      Type.Object(
        { field: Type.Literal('id'), values: Type.Array(Type.String()), operation: Type.Literal('OR') },
        closed,
      ),
    ),
  },
  closed,
)

export function routesOf(engine: Engine, state: EngineState): HostedRouteOf[] {
  return [
    { path: '/wallets/server', name: 'wallets', success: 200, handle: async (body, how) => wallet(state, body, how) },
    { path: '/write/transaction', name: 'write', success: 202, handle: (body, how) => write(engine, body, how) },
    { path: '/transactions/search', name: 'search', success: 200, handle: async (body) => search(state, body) },
  ]
}

function wallet(state: EngineState, body: unknown, how?: HostedFailure) {
  const { identifier } = valid(WalletBody, body)
  const { address, label } = walletNamed(state, how === 'other-wallet' ? `not ${identifier}` : identifier)
  return {
    address: getAddress(address),
    smartWalletAddress: getAddress(`0x${'5'.repeat(40)}`),
    createdAt: new Date().toISOString(),
    profiles: [{ type: 'server', identifier: label }],
  }
}

/** One account for each identifier, however often it is asked for. */
function walletNamed({ wallets }: EngineState, identifier: string): EngineWallet {
  const found = wallets.find(({ label }) => label === identifier)
  if (found !== undefined) return found
  const privateKey = generatePrivateKey()
  const address = privateKeyToAccount(privateKey).address.toLowerCase() as EngineWallet['address']
  const made = { address, label: identifier, type: 'server', privateKey }
  wallets.push(made)
  return made
}

/** A known key is not sent again, and is answered with what it was used for. */
async function write(engine: Engine, body: unknown, how?: HostedFailure) {
  const { executionOptions, params } = valid(WriteBody, body)
  const [call] = params
  if (call === undefined) throw refusal('params must not be empty')
  const { chainId, from, idempotencyKey } = executionOptions
  const wanted = { chainId: String(chainId), fromAddress: getAddress(from), toAddress: getAddress(call.to) }
  const flaw = how === 'errored-though-paid' || how === 'zero-value' || how === 'never-broadcast' ? how : undefined
  const id = await engine.enqueue({ ...wanted, data: call.data, value: call.value }, { key: idempotencyKey, flaw })
  const taken = engine.transactionOf(id)
  if (taken === undefined) throw new Error('it was not taken')
  const value = `0x${(BigInt(taken.value) + (how === 'other-value' ? 1n : 0n)).toString(16)}`
  const transactionParams = [{ to: taken.toAddress, data: taken.data, value }]
  const executionParams = { ...executionOptions, from: taken.fromAddress }
  return { transactions: [{ id, batchIndex: 0, executionParams, transactionParams }] }
}

const STATUSES: Record<EngineTransaction['status'], string | null> = {
  queued: 'QUEUED',
  sent: 'SUBMITTED',
  mined: 'CONFIRMED',
  errored: 'FAILED',
  cancelled: null,
}

function search({ transactions }: EngineState, body: unknown) {
  const { filters } = valid(SearchBody, body)
  const ids = filters.flatMap(({ values }) => values)
  const found = ids.flatMap((id) => transactions.get(id) ?? [])
  return { transactions: found.map(shown), pagination: { totalCount: found.length, page: 1, limit: 20 } }
}

function shown(transaction: EngineTransaction) {
  const { queueId: id, status, fromAddress, chainId, transactionHash, minedAt, blockNumber, errorMessage } = transaction
  const onchainStatus = transaction.onchainStatus?.toUpperCase()
  return {
    ...{ id, batchIndex: 0, clientId: 'client', chainId, from: fromAddress, transactionHash, errorMessage },
    ...{ status: STATUSES[status], confirmedAt: minedAt, enrichedData: {}, executionParams: {} },
    confirmedAtBlockNumber: blockNumber === null ? null : String(blockNumber),
    transactionParams: [{ to: transaction.toAddress, data: transaction.data, value: transaction.value }],
    executionResult: { status: STATUSES[status], ...(onchainStatus && { onchainStatus }) },
    createdAt: transaction.queuedAt,
    cancelledAt: status === 'cancelled' ? transaction.queuedAt : null,
  }
}

function valid<T extends TSchema>(schema: T, body: unknown): Static<T> {
  if (!Check(schema, body)) throw refusal(`the body is not as published: ${JSON.stringify(body)}`)
  return body
}

const refusal = (message: string) =>
  Object.assign(new Error(message), { statusCode: 400, details: { type: 'VALIDATION_ERROR', message } })
