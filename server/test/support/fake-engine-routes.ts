import { randomUUID } from 'node:crypto'
import { type Address, encodeFunctionData, erc20Abi, formatUnits, getAddress, type Hex, parseUnits } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { Engine, EngineState, QueueFlaw } from './fake-engine-queue.ts'

/** The last words of the routes' paths. */
export type EngineRoute =
  | 'create'
  | 'get-all'
  | 'get-balance'
  | 'get-nonce'
  | 'balance-of'
  | 'send-transaction'
  | 'transfer'
  | 'status'
  | 'sign-transaction'
  | 'sign-typed-data'

/**
 * `garbage` and the two `-after-effect` do what was asked and spoil the answer; the others do nothing. Of the last
 * three, only `zero-value` also means something for `sign-transaction`.
 */
export type EngineFailure =
  | 'lose-reply-after-effect'
  | 'status-500-after-effect'
  | 'status-500'
  | 'status-503'
  | 'garbage'
  | 'hang'
  | 'refuse-400'
  | 'unauthorized'
  | QueueFlaw

export type Handler = (input: Input, how?: EngineFailure) => Promise<unknown>
type Route = ['GET' | 'POST', string, EngineRoute | undefined, Handler]

export interface Input {
  readonly params: Record<string, string>
  readonly query: Record<string, string | undefined>
  readonly body: Record<string, unknown>
  readonly wallet: string
  readonly key: string | undefined
}

/** The table of `facts/ENGINE.md`. */
export function routesOf(engine: Engine, state: EngineState): Route[] {
  return [
    ['GET', '/system/health', undefined, async () => ({ status: 'ok' })],
    ['POST', '/configuration/chains', undefined, async ({ body }) => configureChains(state, body)],
    ['POST', '/webhooks/create', undefined, async ({ body }) => createWebhook(state, body)],
    ['POST', '/backend-wallet/create', 'create', async ({ body }) => createWallet(state, body)],
    ['GET', '/backend-wallet/get-all', 'get-all', async ({ query }) => shuffledPage(state, query)],
    ['GET', '/backend-wallet/:chainId/:address/get-balance', 'get-balance', (input) => nativeBalance(engine, input)],
    ['GET', '/backend-wallet/:chainId/:address/get-nonce', 'get-nonce', (input) => nonceOf(engine, input)],
    ['GET', '/contract/:chainId/:token/erc20/balance-of', 'balance-of', (input) => tokenBalance(engine, input)],
    ['POST', '/backend-wallet/:chainId/send-transaction', 'send-transaction', (...call) => send(engine, ...call)],
    ['POST', '/backend-wallet/:chainId/transfer', 'transfer', (...call) => transfer(engine, ...call)],
    ['GET', '/transaction/status/:queueId', 'status', async ({ params }) => transactionOf(state, params)],
    ['POST', '/backend-wallet/sign-transaction', 'sign-transaction', (...call) => signTransaction(engine, ...call)],
    ['POST', '/backend-wallet/sign-typed-data', 'sign-typed-data', (input) => signTypedData(engine, input)],
  ]
}

async function configureChains(state: EngineState, { chainOverrides }: Input['body']) {
  state.chains = chainOverrides as unknown[]
  return state.chains
}

async function createWebhook(state: EngineState, { url, eventType }: Input['body']) {
  const webhook = { id: state.webhooks.length + 1, url: text(url), eventType: text(eventType), secret: randomUUID() }
  state.webhooks.push(webhook)
  return webhook
}

/** The same label twice makes two accounts. */
async function createWallet(state: EngineState, { label, type = 'local' }: Input['body']) {
  const privateKey = generatePrivateKey()
  const walletAddress = privateKeyToAccount(privateKey).address
  const address = walletAddress.toLowerCase() as Address
  state.wallets.push({ address, label: typeof label === 'string' ? label : null, type: text(type), privateKey })
  return { walletAddress, status: 'success', type }
}

/** Every page is cut from a new order. */
async function shuffledPage({ wallets }: EngineState, { page = '1', limit = '10' }: Input['query']) {
  const shuffled = wallets
    .map(({ privateKey: _, ...shown }) => ({ shown, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
  return shuffled.slice((Number(page) - 1) * Number(limit), Number(page) * Number(limit)).map(({ shown }) => shown)
}

async function nativeBalance({ chain }: Engine, { params }: Input) {
  const value = await chain.getBalance({ address: getAddress(text(params.address)) })
  const currency = { walletAddress: params.address, name: 'Ether', symbol: 'ETH', decimals: 18 }
  return { ...currency, value: String(value), displayValue: formatUnits(value, 18) }
}

async function nonceOf({ chain }: Engine, { params }: Input) {
  return { nonce: await chain.getTransactionCount({ address: getAddress(text(params.address)) }) }
}

async function tokenBalance({ chain }: Engine, { params, query }: Input) {
  const token = { address: getAddress(text(params.token)), abi: erc20Abi } as const
  const args = [getAddress(text(query.wallet_address))] as const
  const value = await chain.readContract({ ...token, functionName: 'balanceOf', args })
  const decimals = await chain.readContract({ ...token, functionName: 'decimals' })
  const symbol = await chain.readContract({ ...token, functionName: 'symbol' })
  const name = await chain.readContract({ ...token, functionName: 'name' })
  return { name, symbol, decimals: String(decimals), value: String(value), displayValue: formatUnits(value, decimals) }
}

const flawOf = (how: EngineFailure | undefined): QueueFlaw | undefined =>
  how === 'errored-though-paid' || how === 'zero-value' || how === 'never-broadcast' ? how : undefined

async function send(engine: Engine, { params, body, wallet, key }: Input, how?: EngineFailure) {
  // Any override without its own value is flaw 4: nothing is sent, and it is called a success.
  const overrides = body.txOverrides as { value?: string } | undefined
  const value = overrides === undefined ? text(body.value) : (overrides.value ?? '0')
  const to = getAddress(text(body.toAddress))
  const wanted = {
    chainId: text(params.chainId),
    fromAddress: getAddress(wallet),
    toAddress: to,
    data: text(body.data),
    value,
  }
  return { queueId: await engine.enqueue(wanted, { key, flaw: flawOf(how) }) }
}

async function transfer(engine: Engine, input: Input, how?: EngineFailure) {
  const { to, amount, currencyAddress } = input.body
  const payee = getAddress(text(to))
  if (currencyAddress === undefined) {
    const value = String(parseUnits(text(amount), 18))
    return send(engine, { ...input, body: { toAddress: payee, data: '0x', value } }, how)
  }
  const token = getAddress(text(currencyAddress))
  const decimals = await engine.chain.readContract({ address: token, abi: erc20Abi, functionName: 'decimals' })
  const args = [payee, parseUnits(text(amount), decimals)] as const
  const data = encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args })
  return send(engine, { ...input, body: { toAddress: token, data, value: '0' } }, how)
}

async function transactionOf({ transactions }: EngineState, { queueId = '' }: Input['params']) {
  const transaction = transactions.get(queueId)
  if (transaction === undefined) throw problem(400, 'TRANSACTION_NOT_FOUND', 'Transaction not found.')
  return transaction
}

/** Signs exactly the fields given. The real one makes up those that are missing; here a test sees a refusal. */
async function signTransaction(engine: Engine, { wallet: from, body }: Input, how?: EngineFailure) {
  const fields = body.transaction as Record<string, unknown>
  const fixed = {
    to: getAddress(text(fields.to)),
    data: text(fields.data) as Hex,
    value: how === 'zero-value' ? 0n : BigInt(text(fields.value)),
    nonce: Number(text(fields.nonce)),
    gas: BigInt(text(fields.gasLimit)),
    maxFeePerGas: BigInt(text(fields.maxFeePerGas)),
    maxPriorityFeePerGas: BigInt(text(fields.maxPriorityFeePerGas)),
    chainId: Number(fields.chainId),
  }
  if (fields.type !== 2 || !Number.isInteger(fields.chainId)) throw problem(400, 'BAD_REQUEST', 'Not an EIP-1559 one')
  const signed = await engine.sign('sign-transaction', ownWallet(engine, from), fixed)
  return signed.raw
}

async function signTypedData(engine: Engine, { wallet, body }: Input) {
  const { domain, types, value } = body as {
    domain: object
    types: Record<string, { name: string; type: string }[]>
    value: Record<string, unknown>
  }
  const primaryType = Object.keys(types).find((type) => type !== 'EIP712Domain') ?? ''
  return privateKeyToAccount(ownWallet(engine, wallet).privateKey).signTypedData({
    domain,
    types,
    primaryType,
    message: value,
  })
}

function ownWallet(engine: Engine, address: string) {
  const wallet = engine.walletOf(address)
  if (wallet === undefined) throw problem(400, 'ACCOUNT_NOT_FOUND', 'Account not found')
  return wallet
}

/** Engine's schemas want strings, for numbers too. */
function text(value: unknown): string {
  if (typeof value !== 'string') throw problem(400, 'FST_ERR_VALIDATION', 'body must have a string here')
  return value
}

export const problem = (statusCode: number, code: string, message: string) =>
  Object.assign(new Error(message), { statusCode, code })
