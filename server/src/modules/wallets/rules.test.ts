import fc from 'fast-check'
import { type Hex, parseTransaction, serializeTransaction, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { chainNumber } from '#platform/caip'
import type { UnsignedTransaction } from './provider.ts'
import { isSignatureOf } from './rules.ts'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

const hexOf = (bytes: { minLength: number; maxLength: number }) => fc.uint8Array(bytes).map((array) => toHex(array))
const address = hexOf({ minLength: 20, maxLength: 20 })
const fee = fc.bigInt(0n, 10n ** 15n)

const transactions: fc.Arbitrary<UnsignedTransaction> = fc
  .record({
    chain: fc.integer({ min: 1, max: 2 ** 40 }).map((number) => `eip155:${number}` as const),
    nonce: fc.integer({ min: 0, max: 2 ** 40 }),
    to: address,
    value: fc.bigInt(0n, 2n ** 256n - 1n),
    data: hexOf({ minLength: 0, maxLength: 100 }),
    gas: fc.bigInt(0n, 2n ** 64n - 1n),
    maxPriorityFeePerGas: fee,
    tip: fee,
  })
  .map(({ tip, ...rest }) => ({ ...rest, maxFeePerGas: rest.maxPriorityFeePerGas + tip }))

const accounts = fc.bigInt(1n, ORDER - 1n).map((key) => privateKeyToAccount(toHex(key, { size: 32 })))

const signed = (
  account: ReturnType<typeof privateKeyToAccount>,
  { chain, ...rest }: UnsignedTransaction,
): Promise<Hex> => account.signTransaction({ ...rest, type: 'eip1559', chainId: chainNumber(chain) })

const changes: { [Field in keyof UnsignedTransaction]: (was: UnsignedTransaction) => Partial<UnsignedTransaction> } = {
  chain: ({ chain }) => ({ chain: `eip155:${chainNumber(chain) + 1}` }),
  nonce: ({ nonce }) => ({ nonce: nonce + 1 }),
  to: ({ to }) => ({ to: toHex(BigInt(to) ^ 1n, { size: 20 }) }),
  value: ({ value }) => ({ value: value === 0n ? 1n : 0n }),
  data: ({ data }) => ({ data: `${data}00` }),
  gas: ({ gas }) => ({ gas: gas ^ 1n }),
  maxFeePerGas: ({ maxFeePerGas }) => ({ maxFeePerGas: maxFeePerGas + 1n }),
  maxPriorityFeePerGas: ({ maxPriorityFeePerGas, maxFeePerGas }) => ({
    maxPriorityFeePerGas: maxPriorityFeePerGas + 1n,
    maxFeePerGas: maxFeePerGas + 1n,
  }),
}

describe('isSignatureOf', () => {
  it('knows what the wallet signed', async () => {
    await fc.assert(
      fc.asyncProperty(accounts, transactions, async (account, transaction) => {
        expect(await isSignatureOf(await signed(account, transaction), transaction, account.address)).toBe(true)
      }),
    )
  })

  it('refuses bytes in which any one field differs', async () => {
    const fields = fc.constantFrom(...(Object.keys(changes) as (keyof UnsignedTransaction)[]))
    await fc.assert(
      fc.asyncProperty(accounts, transactions, fields, async (account, transaction, field) => {
        const raw = await signed(account, { ...transaction, ...changes[field](transaction) })
        expect(await isSignatureOf(raw, transaction, account.address)).toBe(false)
      }),
    )
  })

  it('refuses the signature of another key', async () => {
    await fc.assert(
      fc.asyncProperty(accounts, accounts, transactions, async (account, other, transaction) => {
        fc.pre(account.address !== other.address)
        expect(await isSignatureOf(await signed(other, transaction), transaction, account.address)).toBe(false)
      }),
    )
  })

  it('refuses bytes that were bent anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        accounts,
        transactions,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (account, transaction, at, mask) => {
          const bytes = Buffer.from((await signed(account, transaction)).slice(2), 'hex')
          const index = at % bytes.length
          bytes[index] = (bytes[index] ?? 0) ^ mask
          expect(await isSignatureOf(toHex(bytes), transaction, account.address)).toBe(false)
        },
      ),
    )
  })

  it.each([
    ['nothing', '0x'],
    ['text', 'not hex' as Hex],
    ['a legacy list', '0xc0'],
    ['an empty EIP-1559 list', '0x02c0'],
  ] as const)('refuses %s', async (_case, raw) => {
    expect(await isSignatureOf(raw, sample, account.address)).toBe(false)
  })

  it('refuses the unsigned bytes', async () => {
    const { chain, ...rest } = sample
    const raw = serializeTransaction({ ...rest, type: 'eip1559', chainId: chainNumber(chain) })
    expect(await isSignatureOf(raw, sample, account.address)).toBe(false)
  })

  it('refuses an access list nobody asked for', async () => {
    const { chain, ...rest } = sample
    const accessList = [{ address: sample.to, storageKeys: [] }]
    const raw = await account.signTransaction({ ...rest, type: 'eip1559', chainId: chainNumber(chain), accessList })
    expect(await isSignatureOf(raw, sample, account.address)).toBe(false)
  })

  it('refuses the same signature with a high s, which no node takes', async () => {
    const { r, s, yParity, ...fields } = parseTransaction(await signed(account, sample))
    const flipped = { r, s: toHex(ORDER - BigInt(s ?? 0)), yParity: yParity === 0 ? 1 : 0 } as {
      r: Hex
      s: Hex
      yParity: number
    }
    expect(await isSignatureOf(serializeTransaction(fields, flipped), sample, account.address)).toBe(false)
  })

  it('takes upper-case hex for the same bytes', async () => {
    const raw = await signed(account, sample)
    expect(await isSignatureOf(`0x${raw.slice(2).toUpperCase()}`, sample, account.address)).toBe(true)
  })
})

const account = privateKeyToAccount(toHex(1n, { size: 32 }))
const sample: UnsignedTransaction = {
  chain: 'eip155:31337',
  nonce: 7,
  to: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  value: 1000n,
  data: '0x',
  gas: 21_000n,
  maxFeePerGas: 2_000_000_000n,
  maxPriorityFeePerGas: 1n,
}
