import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changesOf, type Fees, isStuck, mayBeStuck, raisedFees } from './rules.ts'

const GWEI = 1_000_000_000n
const fee = fc.bigInt({ min: 0n, max: 1000n * GWEI })
const fees: fc.Arbitrary<Fees> = fc
  .record({ base: fee, maxPriorityFeePerGas: fee })
  .map(({ base, maxPriorityFeePerGas }) => ({ maxFeePerGas: base + maxPriorityFeePerGas, maxPriorityFeePerGas }))

describe('the fees of a replacement', () => {
  it('are taken by nodes: an eighth more in both, and what the chain asks', () => {
    fc.assert(
      fc.property(fees, fees, fees, (first, last, asked) => {
        const raised = raisedFees(first, last, asked)
        if (!raised) return
        expect(raised.maxFeePerGas * 8n >= last.maxFeePerGas * 9n).toBe(true)
        expect(raised.maxPriorityFeePerGas * 8n >= last.maxPriorityFeePerGas * 9n).toBe(true)
        expect(raised.maxFeePerGas >= asked.maxFeePerGas).toBe(true)
        expect(raised.maxFeePerGas >= raised.maxPriorityFeePerGas).toBe(true)
      }),
    )
  })

  it('never pass twenty times the first fee (or a gwei), whatever a node asks', () => {
    fc.assert(
      fc.property(fees, fees, fees, (first, last, asked) => {
        const ceiling = 20n * (first.maxFeePerGas > GWEI ? first.maxFeePerGas : GWEI)
        const raised = raisedFees(first, last, asked)
        expect(raised === undefined || raised.maxFeePerGas <= ceiling).toBe(true)
        expect(asked.maxFeePerGas > ceiling && raised !== undefined).toBe(false)
      }),
    )
  })

  it('rise from nothing', () => {
    const nothing = { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
    expect(raisedFees(nothing, nothing, nothing)).toEqual({ maxFeePerGas: 1n, maxPriorityFeePerGas: 1n })
  })
})

it.each([
  ['young, whatever the chain asks', 59_999, 100n, false],
  ['slow, and the chain asks for more', 60_000, 11n, true],
  ['slow, but paid what is asked', 60_000, 10n, false],
  ['too slow for whatever reason', 300_000, 0n, true],
])('a transaction that is %s', (_case, sinceMs, asked, expected) => {
  const of = (maxFeePerGas: bigint): Fees => ({ maxFeePerGas, maxPriorityFeePerGas: 0n })
  expect(isStuck(sinceMs, of(10n), of(asked))).toBe(expected)
  expect(mayBeStuck(sinceMs)).toBe(sinceMs >= 60_000)
})

it('an intent that changed is told field by field', () => {
  const intent = {
    agentId: 'a',
    walletId: 'w',
    taskId: null,
    payee: '0x1',
    amount: '5',
    asset: 'x',
    reference: null,
    memo: null,
  }
  expect(changesOf(intent, intent)).toEqual([])
  expect(changesOf(intent, { ...intent, amount: '6', memo: 'new' })).toEqual([
    { field: 'amount', asked: '5', now: '6' },
    { field: 'memo', asked: null, now: 'new' },
  ])
})
