import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getAddress } from 'viem'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type FakeThirdweb,
  type HostedFailure,
  type HostedRoute,
  startFakeThirdweb,
} from '../../../../test/support/fake-thirdweb.ts'
import { failureOf, newWallet, opened, printed, signal } from '../../../../test/support/wallet-providers.ts'
import type { ProviderError, SigningWallet, Submission, WalletProvider } from '../provider.ts'
import { thirdwebProvider } from './thirdweb.ts'

/** How the hosted API fails, and what else may answer in its place. What it does when well is in ../providers.test.ts. */

const PAYEE = getAddress('0x70997970c51812dc3a010c7d01b50e0d17dc79c8')
const KEY = 'a-submission-key-nobody-may-read'
const submission: Submission = { chain: 'eip155:31337', to: PAYEE, value: 1n, data: '0x', submissionKey: KEY }
/** Long enough for a healthy fake in this process, and not long to wait for. */
const TIMEOUTS_MS = { open: 500, call: 500 }

describe('a hosted API that fails', () => {
  let hosted: FakeThirdweb
  beforeEach(async () => {
    // Nothing here needs a payment to arrive, so there is no chain behind it.
    hosted = await startFakeThirdweb({ rpcUrl: 'http://127.0.0.1:1' })
  })
  afterEach(() => hosted.stop())

  const provider = (over: Partial<Parameters<typeof thirdwebProvider>[0]> = {}) =>
    thirdwebProvider({ url: hosted.url, secretKey: hosted.secretKey, vaultToken: hosted.vaultToken, ...over })

  const outcomes: [HostedFailure, ProviderError['outcome']][] = [
    ['refuse-400', 'refused'],
    ['unauthorized', 'refused'],
    ['insufficient-funds', 'refused'],
    ['node-403', 'unknown'],
    ['duplicate-key', 'unknown'],
    ['status-500', 'unknown'],
    ['status-503', 'unknown'],
    ['status-500-after-effect', 'unknown'],
    ['lose-reply-after-effect', 'unknown'],
    ['garbage', 'unknown'],
    ['hang', 'unknown'],
  ]
  type Call = (provider: WalletProvider, wallet: SigningWallet) => Promise<unknown>
  const operations: [HostedRoute, Call][] = [
    ['wallets', (each) => each.open(newWallet(), signal())],
    ['write', (each, wallet) => each.submit(wallet, submission, signal())],
    ['search', (each) => each.status(KEY, signal())],
  ]

  describe.each(operations)('at %s', (route, call) => {
    it.each(outcomes)('%s is %s, without a secret in the error', async (how, outcome) => {
      const wallet = await opened(provider())
      hosted.fail(route, how)
      const error = await failureOf(call(provider(how === 'hang' ? { timeoutsMs: TIMEOUTS_MS } : {}), wallet))
      expect(error.outcome).toBe(outcome)
      for (const secret of [hosted.secretKey, hosted.vaultToken]) expect(printed(error)).not.toContain(secret)
      if (route !== 'wallets') expect(printed(error)).not.toContain(KEY)
      hosted.heal()
      await expect(call(provider(), wallet)).resolves.toBeDefined()
    })
  })

  it('says that there are no funds', async () => {
    const wallet = await opened(provider())
    hosted.fail('write', 'insufficient-funds')
    const { message } = await failureOf(provider().submit(wallet, submission, signal()))
    expect(message).toMatch(/^thirdweb refused for want of funds \(402\)/)
  })

  it.each([
    ['secret key', { secretKey: 'another' }],
    ['vault token', { vaultToken: 'another' }],
  ])('refuses another %s, and knows us without a vault token', async (_case, over) => {
    expect((await failureOf(provider(over).open(newWallet(), signal()))).outcome).toBe('refused')
    await expect(provider({ vaultToken: undefined }).open(newWallet(), signal())).resolves.toBeDefined()
  })

  it('stops when the caller does', async () => {
    const stopper = new AbortController()
    hosted.fail('wallets', 'hang')
    const call = provider().open(newWallet(), stopper.signal)
    await vi.waitFor(() => expect(hosted.requests.get('wallets')).toBe(1), { timeout: 5_000, interval: 10 })
    stopper.abort()
    expect((await failureOf(call)).outcome).toBe('unknown')
  })

  it('is not believed with the wallet of another identifier', async () => {
    hosted.fail('wallets', 'other-wallet')
    expect((await failureOf(provider().open(newWallet(), signal()))).message).toMatch(/another identifier/)
  })

  it.each<[string, (wallet: SigningWallet) => Promise<unknown>]>([
    [
      'that says it took another amount',
      (wallet) => {
        hosted.fail('write', 'other-value')
        return provider().submit(wallet, submission, signal())
      },
    ],
    [
      'that knew the key from another payment',
      async (wallet) => {
        await provider().submit(wallet, { ...submission, value: 2n }, signal())
        return provider().submit(wallet, submission, signal())
      },
    ],
  ])('is unknown with an answer %s', async (_case, act) => {
    expect((await failureOf(act(await opened(provider())))).message).toMatch(/something else than it was handed/)
  })
})

describe('an address where something else answers', () => {
  let server: Server
  let provider: WalletProvider
  const answers = vi.fn<(path: string) => { status: number; body: string }>()

  beforeEach(async () => {
    server = createServer((request, response) => {
      const { status, body } = answers(request.url ?? '')
      response.writeHead(status, { location: '/elsewhere' }).end(body)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    provider = thirdwebProvider({ url, secretKey: 'a-secret' })
  })
  afterEach(async () => {
    answers.mockReset()
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })

  const json = (value: unknown, status = 200) => ({ status, body: JSON.stringify(value) })
  const wallet = () => ({ ...newWallet(), address: PAYEE, keystore: null })
  const taken = {
    id: KEY,
    executionParams: { type: 'EOA', chainId: 31337, from: PAYEE.toLowerCase() },
    transactionParams: [{ to: PAYEE, value: '1', data: '0x' }],
  }
  const accepted = (...transactions: object[]) => json({ result: { transactions } }, 202)

  it.each([
    ['amounts in decimal', taken],
    ['amounts in hexadecimal', { ...taken, transactionParams: [{ to: PAYEE, value: '0x1', data: '0x' }] }],
    ['no data where there is none', { ...taken, transactionParams: [{ to: PAYEE, value: '1' }] }],
  ])('is believed with %s', async (_case, transaction) => {
    answers.mockReturnValue(accepted(transaction))
    expect(await provider.submit(wallet(), submission, signal())).toEqual({ queueId: KEY })
    expect(answers).toHaveBeenCalledWith('/write/transaction')
  })

  const changed = (over: object) => accepted({ ...taken, ...over })
  const execution = (over: object) => changed({ executionParams: { ...taken.executionParams, ...over } })
  const stranger = `0x${'1'.repeat(40)}`
  it.each([
    ['a 200', json({ result: { transactions: [taken] } })],
    ['no transaction', accepted()],
    ['two transactions', accepted(taken, taken)],
    ['another id', changed({ id: 'other' })],
    ['another sender', execution({ from: stranger })],
    ['another kind of execution', execution({ type: 'EIP7702' })],
    ['another chain', execution({ chainId: 1 })],
    ['another payee', changed({ transactionParams: [{ to: stranger, value: '1', data: '0x' }] })],
    ['another call', changed({ transactionParams: [{ to: PAYEE, value: '1', data: '0xab' }] })],
    ['two calls', changed({ transactionParams: [taken.transactionParams[0], taken.transactionParams[0]] })],
    ['an amount that is none', changed({ transactionParams: [{ to: PAYEE, value: 1, data: '0x' }] })],
    ['a 400 that is not its own', json({ error: 'nope' }, 400)],
    ['a 400 for another reason', json({ error: { message: 'x', details: { type: 'BUNDLER_ERROR' } } }, 400)],
    ['a 401 of its chain node', json({ error: { message: 'x', details: { type: 'RPC_ERROR' } } }, 401)],
    ['a 404', json({ error: { message: 'x' } }, 404)],
    ['a 429', json({ error: { message: 'x' } }, 429)],
    ['a redirect', { status: 307, body: '' }],
    ['over 1 MiB', accepted(taken, { padding: 'x'.repeat(1024 * 1024) })],
  ])('is unknown with %s, and asked once', async (_case, reply) => {
    answers.mockReturnValue(reply)
    expect((await failureOf(provider.submit(wallet(), submission, signal()))).outcome).toBe('unknown')
    expect(answers).toHaveBeenCalledTimes(1)
  })

  const hash = `0x${'ab'.repeat(32)}`
  const row = { id: KEY, status: 'SUBMITTED', transactionHash: null, errorMessage: null, cancelledAt: null }
  const rows = (...transactions: object[]) => json({ result: { transactions } })
  it.each([
    ['confirmed without a hash', rows({ ...row, status: 'CONFIRMED' })],
    ['a state nobody knows', rows({ ...row, status: 'DONE' })],
    ['a hash that is none', rows({ ...row, transactionHash: '0xab' })],
    ['two of them under one id', rows(row, row)],
  ])('believes no status with %s', async (_case, reply) => {
    answers.mockReturnValue(reply)
    expect((await failureOf(provider.status(KEY, signal()))).outcome).toBe('unknown')
  })

  it.each([
    ['no state yet', { ...row, status: null }, { state: 'pending' }],
    ['a hash before the end', { ...row, transactionHash: hash }, { state: 'pending', transactionHash: hash }],
    ['a cancel', { ...row, cancelledAt: '2026-11-23T00:00:00Z' }, { state: 'cancelled' }],
    ["somebody else's id", { ...row, id: 'other' }, { state: 'unknown' }],
    [
      'its words, without our key',
      { ...row, status: 'FAILED', errorMessage: `${KEY} failed` },
      { state: 'errored', detail: '[redacted] failed' },
    ],
  ])('shows %s', async (_case, found, expected) => {
    answers.mockReturnValue(rows(found))
    expect(await provider.status(KEY, signal())).toEqual(expected)
  })
})

it('without an address of ours each request goes to the API it belongs to', async () => {
  const asked: string[] = []
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
    asked.push(String(url))
    return new Response('{}')
  })
  const provider = thirdwebProvider({ secretKey: 'a-secret' })
  const wallet = { ...newWallet(), address: PAYEE, keystore: null }
  await failureOf(provider.open(wallet, signal()))
  await failureOf(provider.submit(wallet, submission, signal()))
  await failureOf(provider.status(KEY, signal()))
  spy.mockRestore()
  expect(asked).toEqual([
    'https://api.thirdweb.com/v1/wallets/server',
    'https://engine.thirdweb.com/v1/write/transaction',
    'https://engine.thirdweb.com/v1/transactions/search',
  ])
})
