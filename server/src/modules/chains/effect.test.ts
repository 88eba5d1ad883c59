import fc from 'fast-check'
import { type Address, encodeAbiParameters, encodeEventTopics, erc20Abi, getAddress, type Hex } from 'viem'
import { expect, it } from 'vitest'
import type { Receipt } from './rpc.ts'
import { effectOf, type Intent } from './rules.ts'

/** `CONFIRMED` rests on this comparison alone: whatever differs from what was meant must not pass for it. */

const CHAIN = 'eip155:31337'
const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => account(bytes))
const amount = fc.bigInt({ min: 1n, max: 2n ** 128n })
const account = (bytes: Uint8Array): Address => getAddress(`0x${Buffer.from(bytes).toString('hex')}`)
const hash: Hex = `0x${'ab'.repeat(32)}`

const parties = fc
  .uniqueArray(address, { minLength: 4, maxLength: 4 })
  .map(([from, payee, contract, stranger]) => ({ from, payee, contract, stranger }) as Record<string, Address>)
  .map((each) => each as { from: Address; payee: Address; contract: Address; stranger: Address })

const transfer = (token: Address, { from, to, value }: { from: Address; to: Address; value: bigint }) => ({
  address: token,
  topics: encodeEventTopics({ abi: erc20Abi, eventName: 'Transfer', args: { from, to } }) as Hex[],
  data: encodeAbiParameters([{ type: 'uint256' }], [value]),
})

interface Case {
  readonly intent: Intent
  readonly receipt: Receipt
}

const tokenCase = fc.tuple(parties, amount).map(
  ([{ from, payee, contract }, value]): Case => ({
    intent: {
      from,
      payee,
      amount: value,
      asset: { id: `${CHAIN}/erc20:${contract}`, chain: CHAIN, kind: 'erc20', contract },
    },
    receipt: {
      ...{ hash, isSuccess: true, blockNumber: 1n, nonce: 0n, fee: 0n, from, to: contract, value: 0n },
      logs: [transfer(contract, { from, to: payee, value })],
    },
  }),
)
const coinCase = fc.tuple(parties, amount).map(
  ([{ from, payee }, value]): Case => ({
    intent: { from, payee, amount: value, asset: { id: `${CHAIN}/slip44:60`, chain: CHAIN, kind: 'native' } },
    receipt: { ...{ hash, isSuccess: true, blockNumber: 1n, nonce: 0n, fee: 0n, from, to: payee, value }, logs: [] },
  }),
)
const anyCase = fc.oneof(tokenCase, coinCase)

it('knows exactly what was meant', () => {
  fc.assert(fc.property(anyCase, ({ intent, receipt }) => void expect(effectOf(receipt, intent)).toBe('moved')))
})

it('takes no other sender, recipient, amount or token for it', () => {
  const bent = fc.tuple(anyCase, address, fc.constantFrom('from', 'payee', 'amount', 'contract'))
  fc.assert(
    fc.property(bent, ([{ intent, receipt }, other, field]) => {
      const { asset } = intent
      fc.pre(![intent.from, intent.payee].includes(other))
      const asked: Intent = {
        ...intent,
        ...(field === 'from' && { from: other }),
        ...(field === 'payee' && { payee: other }),
        ...(field === 'amount' && { amount: intent.amount + 1n }),
        ...(field === 'contract' && { asset: { id: asset.id, chain: CHAIN, kind: 'erc20', contract: other } }),
      }
      expect(effectOf(receipt, asked)).toBe('mismatch')
    }),
  )
})

it('says reverted of what was reverted, whatever it holds', () => {
  fc.assert(
    fc.property(anyCase, ({ intent, receipt }) => {
      expect(effectOf({ ...receipt, isSuccess: false }, intent)).toBe('reverted')
    }),
  )
})

it('does not take a transfer beside the one that was meant for nothing, as a token with a fee makes it', () => {
  fc.assert(
    fc.property(tokenCase, address, amount, ({ intent, receipt }, to, value) => {
      const contract = receipt.to as Address
      const logs = [...receipt.logs, transfer(contract, { from: intent.from, to, value })]
      expect(effectOf({ ...receipt, logs }, intent)).toBe('mismatch')
    }),
  )
})
