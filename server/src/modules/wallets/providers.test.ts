import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Address, createTestClient, getAddress, http, isAddress, parseEther, publicActions } from 'viem'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { keyRing } from '#platform/crypto'
import { newId } from '#platform/ids'
import { type EngineFailure, type FakeEngine, startFakeEngine } from '../../../test/support/fake-engine.ts'
import { type FakeThirdweb, startFakeThirdweb } from '../../../test/support/fake-thirdweb.ts'
import { failureOf, newWallet, opened, signal, strangers } from '../../../test/support/wallet-providers.ts'
import { startEmbeddedChain } from '../../embedded/chain.ts'
import type { SigningWallet, Submission, UnsignedTransaction, WalletProvider } from './provider.ts'
import { localProvider } from './providers/local.ts'
import { thirdwebProvider } from './providers/thirdweb.ts'
import { thirdwebEngineProvider } from './providers/thirdweb-engine.ts'
import { isSignatureOf } from './rules.ts'

const VALUE = 1_234_567n

let directory: string
let chain: Awaited<ReturnType<typeof startEmbeddedChain>>
let engine: FakeEngine
let hosted: FakeThirdweb

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wedi-providers-'))
  chain = await startEmbeddedChain({ directory })
})
afterAll(async () => {
  await chain.stop()
  await rm(directory, { recursive: true, force: true })
})
beforeEach(async () => {
  engine = await startFakeEngine({ rpcUrl: chain.rpcUrl })
  hosted = await startFakeThirdweb({ rpcUrl: chain.rpcUrl })
})
afterEach(() => Promise.all([engine.stop(), hosted.stop()]))

/** Failures that every fake has under one name. */
type Failure = Extract<EngineFailure, Parameters<FakeThirdweb['fail']>[1]>

interface Adapter {
  readonly name: string
  readonly mode: WalletProvider['mode']
  /** `local` keeps its key in the wallet's row only: asked again before the row exists, it makes another. */
  readonly findsAgain: boolean
  make(): WalletProvider
  /** The fake behind it; `local` has none. */
  fake(): Pick<FakeEngine, 'wallets' | 'signatures' | 'transactions'>
  /** The next time it is asked to make a wallet, or to send. */
  fail(what: 'create' | 'send', how: Failure): void
  /** What is kept of the provider's own words about the account. */
  metadata(wallet: { id: string }): object
}

const engineIn = (mode: 'signer' | 'queue'): Adapter => ({
  name: `thirdweb-engine as ${mode}`,
  mode,
  findsAgain: true,
  make: () => thirdwebEngineProvider({ url: engine.url, token: engine.token, mode }),
  fake: () => engine,
  fail: (what, how) => engine.fail(what === 'create' ? 'create' : 'send-transaction', how, 1),
  metadata: ({ id }) => ({ label: id, type: 'local' }),
})

const hostedApi: Adapter = {
  name: 'thirdweb',
  mode: 'queue',
  findsAgain: true,
  make: () => thirdwebProvider({ url: hosted.url, secretKey: hosted.secretKey, vaultToken: hosted.vaultToken }),
  fake: () => hosted,
  fail: (what, how) => hosted.fail(what === 'create' ? 'wallets' : 'write', how, 1),
  metadata: ({ id }) => ({ identifier: id, smartWalletAddress: `0x${'5'.repeat(40)}` }),
}

const local: Adapter = {
  name: 'local',
  mode: 'signer',
  findsAgain: false,
  make: () => localProvider(keyRing('a master key for tests')),
  fake: () => expect.unreachable('there is nobody behind it'),
  fail: () => expect.unreachable('there is nobody behind it'),
  metadata: () => ({}),
}
const adapters = [local, engineIn('signer'), engineIn('queue'), hostedApi]

const testClient = () => createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) }).extend(publicActions)
const balanceOf = (address: Address) => testClient().getBalance({ address })

async function funded(provider: WalletProvider): Promise<SigningWallet> {
  const wallet = await opened(provider)
  await testClient().setBalance({ address: wallet.address, value: parseEther('1') })
  return wallet
}

const freshAddress = () => privateKeyToAddress(generatePrivateKey())

const transaction = (changes: Partial<UnsignedTransaction> = {}): UnsignedTransaction => ({
  chain: chain.chain,
  nonce: 0,
  to: freshAddress(),
  value: VALUE,
  data: '0x',
  gas: 21_000n,
  maxFeePerGas: 20_000_000_000n,
  maxPriorityFeePerGas: 1_000_000_000n,
  ...changes,
})

const submission = (): Submission => ({
  chain: chain.chain,
  to: freshAddress(),
  value: VALUE,
  data: '0x',
  submissionKey: newId(),
})

/** Waits for the queue to have come to an end with it. */
const settled = (provider: WalletProvider, queueId: string) =>
  vi.waitFor(
    async () => {
      const status = await provider.status(queueId, signal())
      expect(status.state).not.toBe('pending')
      return status
    },
    { timeout: 10_000, interval: 25 },
  )

describe.each(adapters)('$name', ({ mode, make }) => {
  it('says its mode', () => expect(make().mode).toBe(mode))

  it('opens an account with a checksummed address', async () => {
    const { address } = await opened(make())
    expect(isAddress(address, { strict: true }) && address === getAddress(address)).toBe(true)
  })

  it('opens another account for another wallet', async () => {
    const provider = make()
    const [one, other] = await Promise.all([opened(provider), opened(provider)])
    expect(one.address).not.toBe(other.address)
  })
})

describe.each(adapters.filter(({ findsAgain }) => findsAgain))(
  '$name finds again',
  ({ make, fake, fail, metadata }) => {
    it('the account it made before', async () => {
      const wallet = newWallet()
      const first = await make().open(wallet, signal())
      expect(await make().open(wallet, signal())).toEqual(first)
      expect(fake().wallets).toHaveLength(1)
      expect(first.metadata).toEqual(metadata(wallet))
    })

    it.each(['lose-reply-after-effect', 'status-500-after-effect', 'garbage'] as const)(
      'the account whose creation ended in %s',
      async (how) => {
        const [provider, wallet] = [make(), newWallet()]
        fail('create', how)
        expect((await failureOf(provider.open(wallet, signal()))).outcome).toBe('unknown')
        const { address } = await provider.open(wallet, signal())
        expect(fake().wallets.map((each) => getAddress(each.address))).toEqual([address])
      },
    )

    it('one account when two open it at once', async () => {
      const [provider, wallet] = [make(), newWallet()]
      const both = await Promise.all([provider.open(wallet, signal()), provider.open(wallet, signal())])
      expect(both[0].address).toBe(both[1].address)
      expect(fake().wallets).toHaveLength(1)
    })
  },
)

describe.each([engineIn('signer'), engineIn('queue')])(
  '$name, whose accounts are only listed, finds again',
  ({ make }) => {
    it('the account it made but could not see listed', async () => {
      const [provider, wallet] = [make(), newWallet()]
      engine.fail('create', 'lose-reply-after-effect', 1)
      await failureOf(provider.open(wallet, signal()))
      engine.fail('get-all', 'unauthorized', 1)
      expect((await failureOf(provider.open(wallet, signal()))).outcome).toBe('refused')
      await provider.open(wallet, signal())
      expect(engine.wallets).toHaveLength(1)
    })

    it.each([300, 2_300])('the account among %i others on shuffled pages', async (others) => {
      const [provider, wallet] = [make(), newWallet()]
      engine.wallets.push(...strangers(others / 2))
      const { address } = await provider.open(wallet, signal())
      engine.wallets.push(...strangers(others / 2))
      expect((await provider.open(wallet, signal())).address).toBe(address)
      expect(engine.wallets.filter(({ label }) => label === wallet.id)).toHaveLength(1)
    })

    it('the lowest of several accounts with its label', async () => {
      const wallet = newWallet()
      const twins = strangers(5).map((each) => ({ ...each, label: wallet.id }))
      engine.wallets.push(...twins)
      const [lowest] = twins.map(({ address }) => address).sort()
      expect((await make().open(wallet, signal())).address).toBe(getAddress(lowest ?? ''))
    })

    it('no account of a label that merely looks like its own', async () => {
      const wallet = newWallet()
      const labels = [`${wallet.id} `, wallet.id.toUpperCase(), `x${wallet.id}`, null]
      engine.wallets.push(...strangers(labels.length).map((each, at) => ({ ...each, label: labels[at] ?? null })))
      const { address } = await make().open(wallet, signal())
      expect(engine.wallets.filter(({ label }) => label === wallet.id).map((each) => getAddress(each.address))).toEqual(
        [address],
      )
    })
  },
)

describe.each(adapters.filter(({ mode }) => mode === 'signer'))('$name signs', ({ make }) => {
  it.each([
    ['a payment in the native coin', {}],
    ['a contract call', { value: 0n, data: '0xa9059cbb', gas: 90_000n, nonce: 41 }],
    ['quantities beyond a number', { value: 2n ** 200n, maxFeePerGas: 2n ** 90n, maxPriorityFeePerGas: 0n }],
  ] as const)('exactly the fields of %s', async (_case, changes) => {
    const provider = make()
    const [wallet, asked] = [await opened(provider), transaction(changes)]
    const raw = await provider.sign(wallet, asked, signal())
    expect(await isSignatureOf(raw, asked, wallet.address)).toBe(true)
  })

  it('the same transaction twice, for one payment', async () => {
    const provider = make()
    const [wallet, asked] = [await funded(provider), transaction()]
    const raws = [await provider.sign(wallet, asked, signal()), await provider.sign(wallet, asked, signal())]
    const client = testClient()
    const sent = raws.map((serializedTransaction) => client.sendRawTransaction({ serializedTransaction }))
    const hashes = (await Promise.allSettled(sent)).flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    const [hash] = hashes
    if (hash === undefined) return expect.unreachable('no broadcast was taken')
    expect((await client.waitForTransactionReceipt({ hash, pollingInterval: 25 })).status).toBe('success')
    expect(await balanceOf(asked.to)).toBe(VALUE)
    expect(await client.getTransactionCount({ address: wallet.address })).toBe(1)
  })

  it('but does not submit', async () => {
    const provider = make()
    const wallet = await opened(provider)
    await expect(provider.submit(wallet, submission(), signal())).rejects.toThrow('does not submit')
  })
})

it('an Engine whose mode was changed still tells of what it was handed, and signs what it began to', async () => {
  const [signer, queue] = [engineIn('signer').make(), engineIn('queue').make()]
  const [wallet, wanted, asked] = [await funded(queue), submission(), transaction()]
  const { queueId } = await queue.submit(wallet, wanted, signal())
  expect(await settled(signer, queueId)).toMatchObject({ state: 'mined' })
  expect(await isSignatureOf(await queue.sign(wallet, asked, signal()), asked, wallet.address)).toBe(true)
})

it('an Engine that signs another value is found out', async () => {
  const provider = engineIn('signer').make()
  const [wallet, asked] = [await opened(provider), transaction()]
  engine.fail('sign-transaction', 'zero-value', 1)
  const raw = await provider.sign(wallet, asked, signal())
  expect(await isSignatureOf(raw, asked, wallet.address)).toBe(false)
  expect(await isSignatureOf(raw, { ...asked, value: 0n }, wallet.address)).toBe(true)
})

describe.each(adapters.filter(({ mode }) => mode === 'queue'))('$name queues', ({ make, fake, fail }) => {
  it('a payment, pays it once and leads to its hash', async () => {
    const provider = make()
    const [wallet, wanted] = [await funded(provider), submission()]
    const { queueId } = await provider.submit(wallet, wanted, signal())
    const { state, transactionHash } = await settled(provider, queueId)
    expect(state).toBe('mined')
    const mined = await testClient().getTransaction({ hash: transactionHash ?? '0x' })
    expect(mined).toMatchObject({ from: wallet.address.toLowerCase(), to: wanted.to.toLowerCase(), value: VALUE })
    expect(await balanceOf(wanted.to)).toBe(VALUE)
    expect(fake().signatures).toHaveLength(1)
  })

  it('a payment submitted again with its key only once', async () => {
    const provider = make()
    const [wallet, wanted] = [await funded(provider), submission()]
    const first = await provider.submit(wallet, wanted, signal())
    expect(await provider.submit(wallet, wanted, signal())).toEqual(first)
    await settled(provider, first.queueId)
    expect(await balanceOf(wanted.to)).toBe(VALUE)
  })

  it('calls that revert as mined: the chain decides', async () => {
    const provider = make()
    const [wallet, wanted] = [await funded(provider), submission()]
    const { queueId } = await provider.submit(wallet, wanted, signal())
    const { transactionHash } = await settled(provider, queueId)
    const shown = fake().transactions.get(queueId)
    if (shown) shown.onchainStatus = 'reverted'
    expect(await provider.status(queueId, signal())).toEqual({ state: 'mined', transactionHash })
  })

  it.each([
    ['an empty wallet', opened],
    ['a wallet the provider does not have', async () => ({ ...newWallet(), address: freshAddress(), keystore: null })],
  ])('payments from %s too, and says later that they failed', async (_case, walletOf) => {
    const provider = make()
    const { queueId } = await provider.submit(await walletOf(provider), submission(), signal())
    expect(await settled(provider, queueId)).toMatchObject({ state: 'errored', detail: expect.any(String) })
  })

  it('says errored of a payment that was paid, which proves nothing', async () => {
    const provider = make()
    const [wallet, wanted] = [await funded(provider), submission()]
    fail('send', 'errored-though-paid')
    const { queueId } = await provider.submit(wallet, wanted, signal())
    expect((await settled(provider, queueId)).state).toBe('errored')
    await vi.waitFor(async () => expect(await balanceOf(wanted.to)).toBe(VALUE), { timeout: 5_000, interval: 25 })
  })

  it('says mined of a payment that moved nothing, which proves nothing', async () => {
    const provider = make()
    const [wallet, wanted] = [await funded(provider), submission()]
    fail('send', 'zero-value')
    const { queueId } = await provider.submit(wallet, wanted, signal())
    expect((await settled(provider, queueId)).state).toBe('mined')
    expect(await balanceOf(wanted.to)).toBe(0n)
  })

  it.each([
    ['queued', 'pending'],
    ['sent', 'pending'],
    ['errored', 'errored'],
    ['cancelled', 'cancelled'],
  ] as const)('shows %s as %s', async (status, state) => {
    const provider = make()
    fail('send', 'never-broadcast')
    const { queueId } = await provider.submit(await opened(provider), submission(), signal())
    Object.assign(fake().transactions.get(queueId) ?? {}, { status })
    expect(await provider.status(queueId, signal())).toEqual({ state })
  })

  it('knows nothing of a queue id the provider does not know', async () => {
    expect(await make().status(newId(), signal())).toEqual({ state: 'unknown' })
  })

  it('a payment whose reply was lost: its key leads to it all the same', async () => {
    const provider = make()
    const [wallet, wanted] = [await funded(provider), submission()]
    fail('send', 'lose-reply-after-effect')
    expect((await failureOf(provider.submit(wallet, wanted, signal()))).outcome).toBe('unknown')
    await settled(provider, wanted.submissionKey)
    expect(await balanceOf(wanted.to)).toBe(VALUE)
  })
})

it('a hosted wallet is not asked to sign: it sends by itself', async () => {
  const hosted = adapters.find(({ name }) => name === 'thirdweb')?.make() as WalletProvider
  await expect(hosted.sign(await opened(hosted), transaction(), signal())).rejects.toThrow('does not sign')
})

it('an Engine gets no overrides, which could send nothing', async () => {
  const provider = engineIn('queue').make()
  const sent = vi.spyOn(globalThis, 'fetch')
  await provider.submit(await opened(provider), submission(), signal())
  const bodies = sent.mock.calls.flatMap(([url, init]) =>
    String(url).includes('send-transaction') ? [init?.body] : [],
  )
  sent.mockRestore()
  expect(bodies.map((body) => Object.keys(JSON.parse(String(body))))).toEqual([['toAddress', 'data', 'value']])
})
