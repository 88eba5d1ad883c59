import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askedAmount, formatUnits, match, parseUnits } from './rules.ts'

const at = new Date('2026-11-23T12:00:00Z')
const terms = (over: Partial<Parameters<typeof match>[2][number]> = {}) => ({
  ...{ id: 'one', status: 'OPEN' as const, minAmount: 100n, maxAmount: 100n, expiresAt: null },
  ...{ maxPayments: 1, paidCount: 0, settlingCount: 0 },
  ...over,
})
const paid = { status: 'PAID' as const, paidCount: 1 }
const early = new Date('2026-11-23T11:00:00Z')

describe('match', () => {
  const cases: [string, bigint, ReturnType<typeof terms>[], object][] = [
    [
      'the one that asks for it',
      100n,
      [terms(), terms({ id: 'two', minAmount: 7n, maxAmount: 7n })],
      { linkId: 'one', kind: 'EXACT' },
    ],
    ['none of two that ask for it', 100n, [terms(), terms({ id: 'two' })], { kind: 'UNMATCHED' }],
    [
      'the paid one it is right for, before an open one it is wrong for',
      100n,
      [terms(paid), terms({ id: 'two', minAmount: 7n, maxAmount: 7n })],
      { linkId: 'one', kind: 'DUPLICATE' },
    ],
    ['the only open one', 99n, [terms(), terms({ id: 'two', ...paid })], { linkId: 'one', kind: 'UNDER' }],
    ['the only open one, with more', 101n, [terms()], { linkId: 'one', kind: 'OVER' }],
    ['one whose room is taken', 100n, [terms({ settlingCount: 1 })], { linkId: 'one', kind: 'DUPLICATE' }],
    [
      'one whose room is taken, before one that was right for it once',
      100n,
      [terms({ settlingCount: 1 }), terms({ id: 'two', ...paid })],
      { linkId: 'one', kind: 'DUPLICATE' },
    ],
    ['one that was canceled', 100n, [terms({ status: 'CANCELED' })], { linkId: 'one', kind: 'LATE' }],
    ['one whose time was up', 100n, [terms({ expiresAt: early })], { linkId: 'one', kind: 'LATE' }],
    [
      'one that expired since it was sent',
      100n,
      [terms({ status: 'EXPIRED', expiresAt: new Date(at.getTime() + 1) })],
      { linkId: 'one', kind: 'EXACT' },
    ],
    ['nobody', 100n, [], { kind: 'UNMATCHED' }],
  ]
  it.each(cases)('%s', (_what, amount, links, expected) => expect(match(amount, at, links)).toEqual(expected))

  it('never names a link that is not there, and none where two would do as well', () => {
    const link = fc.record({
      id: fc.uuid(),
      status: fc.constantFrom('OPEN' as const, 'PAID' as const, 'EXPIRED' as const, 'CANCELED' as const),
      amount: fc.bigInt({ min: 1n, max: 5n }),
    })
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 5n }),
        fc.uniqueArray(link, { selector: ({ id }) => id, maxLength: 6 }),
        (amount, all) => {
          const links = all.map(({ amount: asked, ...rest }) =>
            terms({ ...rest, minAmount: asked, maxAmount: asked, paidCount: rest.status === 'PAID' ? 1 : 0 }),
          )
          const { linkId, kind } = match(amount, at, links)
          const named = links.find(({ id }) => id === linkId)
          expect(kind === 'UNMATCHED').toBe(named === undefined)
          const exact = links.filter(
            ({ status, minAmount }) => ['OPEN', 'EXPIRED'].includes(status) && minAmount === amount,
          )
          if (exact.length === 1) expect([linkId, kind]).toEqual([exact[0]?.id, 'EXACT'])
          if (exact.length > 1) expect(kind).toBe('UNMATCHED')
        },
      ),
    )
  })
})

it('what a payer chooses is within bounds, and nothing else is asked', () => {
  const bounds = { minAmount: 5n, maxAmount: 9n }
  expect([undefined, 4n, 5n, 9n, 10n].map((chosen) => askedAmount(bounds, chosen))).toEqual([
    5n,
    undefined,
    5n,
    9n,
    undefined,
  ])
})

it('an amount reads for people as it was', () => {
  expect([1n, 2_500_000n, 1_234_567_890n, 0n].map((each) => formatUnits(each, 6))).toEqual([
    ...['0.000001', '2.50', '1,234.56789', '0.00'],
  ])
  expect(formatUnits(12n, 0)).toBe('12')
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.integer({ min: 0, max: 18 }), (amount, decimals) => {
      expect(parseUnits(formatUnits(amount, decimals).replaceAll(',', ''), decimals)).toBe(amount)
    }),
  )
  expect(parseUnits('0.1234567', 6)).toBeUndefined()
})
