import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getAddress } from 'viem'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type EngineFailure,
  type EngineRoute,
  type FakeEngine,
  startFakeEngine,
} from '../../../../test/support/fake-engine.ts'
import { failureOf, newWallet, opened, printed, signal, strangers } from '../../../../test/support/wallet-providers.ts'
import type {
  OpenedWallet,
  ProviderError,
  ProviderWallet,
  SigningWallet,
  Submission,
  UnsignedTransaction,
  WalletProvider,
} from '../provider.ts'
import { thirdwebEngineProvider } from './thirdweb-engine.ts'

/** How Engine fails, and what else may answer in its place. What it does when well is in ../providers.test.ts. */

const PAYEE = getAddress('0x70997970c51812dc3a010c7d01b50e0d17dc79c8')
const SECRET_KEY = 'a-submission-key-nobody-may-read'
const submission: Submission = { chain: 'eip155:31337', to: PAYEE, value: 1n, data: '0x', submissionKey: SECRET_KEY }
const transaction: UnsignedTransaction = {
  ...{ chain: 'eip155:31337', nonce: 0, to: PAYEE, value: 1n, data: '0x' },
  ...{ gas: 21_000n, maxFeePerGas: 2n, maxPriorityFeePerGas: 1n },
}
/** Long enough for a healthy Engine in this process, and not long to wait for. */
const TIMEOUTS_MS = { open: 500, call: 500 }

describe('an Engine that fails', () => {
  let engine: FakeEngine
  beforeEach(async () => {
    // Nothing here needs a payment to arrive, so there is no chain behind it.
    engine = await startFakeEngine({ rpcUrl: 'http://127.0.0.1:1' })
  })
  afterEach(() => engine.stop())

  const signer = () => thirdwebEngineProvider({ url: engine.url, token: engine.token, mode: 'signer' })

  const outcomes: [EngineFailure, ProviderError['outcome']][] = [
    ['refuse-400', 'refused'],
    ['unauthorized', 'refused'],
    ['status-500', 'unknown'],
    ['status-503', 'unknown'],
    ['status-500-after-effect', 'unknown'],
    ['lose-reply-after-effect', 'unknown'],
    ['garbage', 'unknown'],
    ['hang', 'unknown'],
  ]
  type Call = (provider: WalletProvider, wallet: SigningWallet) => Promise<unknown>
  const operations: [EngineRoute, WalletProvider['mode'], Call][] = [
    ['get-all', 'signer', (provider, wallet) => provider.open(wallet, signal())],
    ['create', 'signer', (provider) => provider.open(newWallet(), signal())],
    ['sign-transaction', 'signer', (provider, wallet) => provider.sign(wallet, transaction, signal())],
    ['send-transaction', 'queue', (provider, wallet) => provider.submit(wallet, submission, signal())],
    ['status', 'queue', (provider) => provider.status(SECRET_KEY, signal())],
  ]

  describe.each(operations)('at %s', (route, mode, call) => {
    it.each(outcomes)('%s is %s, without a secret in the error', async (how, outcome) => {
      const settings = { url: engine.url, token: engine.token, mode }
      const wallet = await opened(thirdwebEngineProvider(settings))
      const provider = thirdwebEngineProvider(how === 'hang' ? { ...settings, timeoutsMs: TIMEOUTS_MS } : settings)
      if (route === 'status') await provider.submit(wallet, submission, signal())
      engine.fail(route, how)
      const error = await failureOf(call(provider, wallet))
      expect(error.outcome).toBe(outcome)
      expect(printed(error)).not.toContain(engine.token)
      expect(printed(error)).not.toContain(SECRET_KEY)
      engine.heal()
      await expect(call(thirdwebEngineProvider(settings), wallet)).resolves.toBeDefined()
    })
  })

  it('at the end of its own timeout says so', async () => {
    const provider = thirdwebEngineProvider({
      url: engine.url,
      token: engine.token,
      mode: 'signer',
      timeoutsMs: TIMEOUTS_MS,
    })
    engine.fail('get-all', 'hang')
    const started = performance.now()
    const both = [newWallet()].flatMap((wallet) => [provider.open(wallet, signal()), provider.open(wallet, signal())])
    const errors = await Promise.all(both.map(failureOf))
    expect(errors.map(({ message }) => message)).toEqual(Array(2).fill('Engine did not answer: TimeoutError'))
    // The second waited for the first and yet had no deadline of its own behind that one's.
    expect(performance.now() - started).toBeLessThan(1.9 * TIMEOUTS_MS.open)
  })

  it('stops when the caller does', async () => {
    const stopper = new AbortController()
    engine.fail('get-all', 'hang')
    const call = signer().open(newWallet(), stopper.signal)
    await vi.waitFor(() => expect(engine.requests.get('get-all')).toBe(1), { timeout: 5_000, interval: 10 })
    stopper.abort(new Error('the server is draining'))
    expect((await failureOf(call)).outcome).toBe('unknown')
  })

  it('has done nothing when it is not there', async () => {
    const provider = signer()
    await engine.stop()
    const { outcome, message } = await failureOf(provider.open(newWallet(), signal()))
    expect([outcome, message]).toEqual(['refused', 'Engine did not answer: ECONNREFUSED'])
  })

  it('does not show a token that cannot be sent', async () => {
    const token = 'line one\nline two'
    const provider = thirdwebEngineProvider({ url: engine.url, token, mode: 'signer' })
    expect(printed(await failureOf(provider.open(newWallet(), signal())))).not.toContain('line two')
  })

  /** Lets something happen between the creation of an account and the second look at the list. */
  async function openWith(wallet: ProviderWallet, afterCreate: () => void): Promise<OpenedWallet> {
    const real = globalThis.fetch
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
      const response = await real(url, init)
      if (String(url).endsWith('/create')) afterCreate()
      return response
    })
    return signer()
      .open(wallet, signal())
      .finally(() => spy.mockRestore())
  }

  it('is unknown when it made an account and then refuses to list it', async () => {
    const call = openWith(newWallet(), () => engine.fail('get-all', 'refuse-400', 1))
    expect((await failureOf(call)).outcome).toBe('unknown')
    expect(engine.wallets).toHaveLength(1)
  })

  it.each([
    ['lower', `0x${'0'.repeat(40)}`, 0],
    ['higher', `0x${'f'.repeat(40)}`, 1],
  ] as const)('answers the lowest when an earlier creation came late with a %s address', async (_case, address, at) => {
    const wallet = newWallet()
    const late = { address, label: wallet.id, type: 'local', privateKey: '0x' } as const
    const opened = await openWith(wallet, () => engine.wallets.push(late))
    const lowestFirst = engine.wallets.map((each) => each.address).sort()
    expect(opened.address.toLowerCase()).toBe(lowestFirst[0])
    expect(lowestFirst[at]).toBe(address)
    expect(await signer().open(wallet, signal())).toEqual(opened)
  })
})

describe('an address where something else answers', () => {
  let server: Server
  let provider: WalletProvider
  const answers = vi.fn<(path: string) => { status: number; headers?: Record<string, string>; body: string }>()

  beforeEach(async () => {
    server = createServer((request, response) => {
      const { status, headers, body } = answers(request.url ?? '')
      response.writeHead(status, headers).end(body)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    provider = thirdwebEngineProvider({
      url,
      token: 'a-token',
      mode: 'queue',
      timeoutsMs: { open: 5_000, call: 5_000 },
    })
  })
  afterEach(async () => {
    answers.mockReset()
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })

  const json = (value: unknown, status = 200) => ({ status, body: JSON.stringify(value) })
  const hash = `0x${'ab'.repeat(32)}`

  it.each([
    ["a proxy's own 404", { status: 404, body: 'Not Found' }],
    ["a proxy's own 401", json({ reason: 'login' }, 401)],
    ['a 4xx that is JSON but not in the shape of Engine', json({ error: 'nope' }, 400)],
    ['a refusal with status 200', json({ error: { message: 'x', code: 'BAD_REQUEST', statusCode: 400 } })],
    ['a 202', json({ result: { queueId: 'q' } }, 202)],
    ['no queue id', json({ result: {} })],
    ['an empty queue id', json({ result: { queueId: '' } })],
    ['a queue id that is a path', json({ result: { queueId: '../../webhooks' } })],
    ['an array', json([])],
    ['null', json(null)],
    ['over 1 MiB', json({ result: { queueId: 'q', padding: 'x'.repeat(1024 * 1024) } })],
    ['a redirect', { status: 307, headers: { location: '/elsewhere' }, body: '' }],
  ])('is unknown with %s', async (_case, reply) => {
    answers.mockReturnValue(reply)
    const wallet = { ...newWallet(), address: PAYEE, keystore: null }
    expect((await failureOf(provider.submit(wallet, submission, signal()))).outcome).toBe('unknown')
    expect(answers).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['mined without a hash', { status: 'mined', transactionHash: null, errorMessage: null }],
    ['a state nobody knows', { status: 'processed', transactionHash: hash, errorMessage: null }],
    ['a hash that is none', { status: 'mined', transactionHash: '0xab', errorMessage: null }],
  ])('believes no status with %s', async (_case, result) => {
    answers.mockReturnValue(json({ result }))
    expect((await failureOf(provider.status('q-1', signal()))).outcome).toBe('unknown')
  })

  it('asks for a strange queue id as one name', async () => {
    answers.mockReturnValue(json({ error: { message: 'none', code: 'TRANSACTION_NOT_FOUND', statusCode: 400 } }, 400))
    expect(await provider.status('../webhooks?a', signal())).toEqual({ state: 'unknown' })
    expect(answers).toHaveBeenCalledWith('/transaction/status/..%2Fwebhooks%3Fa')
  })

  it('keeps queue ids and endless words out of the detail', async () => {
    const errorMessage = `q-1 failed with ${'x'.repeat(5_000)}`
    answers.mockReturnValue(json({ result: { status: 'errored', transactionHash: null, errorMessage } }))
    const { detail } = await provider.status('q-1', signal())
    expect(detail).toMatch(/^\[redacted\] failed/)
    expect(detail?.length).toBeLessThanOrEqual(200)
  })

  it('reads again a list from which a row was taken while it was read', async () => {
    const wallet = newWallet()
    const page = strangers(500)
    // The first row goes between the pages, so that ours moves from the second page to the first, already read.
    const [ours, after] = [{ ...page[0], address: PAYEE.toLowerCase(), label: wallet.id }, strangers(100)]
    answers
      .mockReturnValueOnce(json({ result: page }))
      .mockReturnValueOnce(json({ result: after }))
      .mockImplementation((path) => json({ result: path.includes('page=1&') ? [...page.slice(1), ours] : after }))
    expect((await provider.open(wallet, signal())).address).toBe(PAYEE)
    expect(answers.mock.calls.flat()).not.toContain('/backend-wallet/create')
  })

  it('gives up on a list that never settles', async () => {
    answers.mockImplementation(() => json({ result: strangers(3) }))
    expect((await failureOf(provider.open(newWallet(), signal()))).message).toMatch(/did not (settle|answer)/)
  })
})
