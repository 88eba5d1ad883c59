import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Allowed, LimitUse } from './headroom.ts'
import { type Question, verdict } from './rules.ts'
import { windowAt } from './windows.ts'

const NOW = new Date('2026-11-23T12:00:00.000Z')
const USD = 'eip155:31337/erc20:0x5FbDB2315678afecb367f032d93F642f64180aa3'
const PAYEE = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'

const asking = (change: Partial<Question> & { authority?: Partial<Question['authority']> } = {}): Question => ({
  now: NOW,
  organization: 'ACTIVE',
  agent: 'ACTIVE',
  wallet: { status: 'ACTIVE', provider: 'local' },
  limits: [],
  payment: { payee: PAYEE, amount: 100n, asset: USD, chain: 'eip155:31337' },
  stage: 'request',
  ...change,
  authority: {
    revision: 1,
    authorityLevel: 'AUTONOMOUS',
    taskTypes: ['payment'],
    providers: ['local'],
    chains: ['eip155:31337'],
    assets: [USD],
    payeesAllow: ['*'],
    payeesDeny: [],
    approvalThreshold: [],
    expiresAt: null,
    ...change.authority,
  },
})

const limit = (change: Partial<LimitUse> = {}): LimitUse => ({
  limitId: 'limit',
  scope: 'AGENT',
  window: 'DAY',
  perPayee: false,
  maxAmount: 1000n,
  maxCount: null,
  reserved: 0n,
  spent: 0n,
  reservedCount: 0,
  spentCount: 0,
  span: windowAt(change.window ?? 'DAY', NOW),
  ...change,
})

const codes = (question: Question) => verdict(question).reasons.map(({ code }) => code)

describe('every field of authority changes a verdict', () => {
  it('allows what every rule names', () => {
    expect(verdict(asking())).toEqual({ verdict: 'ALLOW', reasons: [{ code: 'authority.withinLimits' }] })
  })

  it.each<[string, Parameters<typeof asking>[0], string]>([
    ['a frozen organisation', { organization: 'FROZEN' }, 'organization.frozen'],
    ['a frozen agent', { agent: 'FROZEN' }, 'agent.notActive'],
    ['a paused agent', { agent: 'PAUSED' }, 'agent.notActive'],
    ['a retired agent', { agent: 'RETIRED' }, 'agent.notActive'],
    ['an agent without a wallet', { wallet: undefined } as never, 'wallet.none'],
    ['a frozen wallet', { wallet: { status: 'FROZEN', provider: 'local' } }, 'wallet.notActive'],
    ['an observer', { authority: { authorityLevel: 'OBSERVE' } as never }, 'authority.observeOnly'],
    ['an expired capability', { authority: { expiresAt: NOW } as never }, 'capability.expired'],
    ['another provider', { authority: { providers: ['thirdweb-engine'] } as never }, 'capability.providerNotAllowed'],
    ['another chain', { authority: { chains: ['eip155:1'] } as never }, 'capability.chainNotAllowed'],
    ['an empty list of chains', { authority: { chains: [] } as never }, 'capability.chainNotAllowed'],
    ['another asset', { authority: { assets: ['eip155:31337/slip44:60'] } as never }, 'capability.assetNotAllowed'],
    ['a payee nobody named', { authority: { payeesAllow: [] } as never }, 'payee.notAllowed'],
    ['a denied payee, allowed or not', { authority: { payeesDeny: [PAYEE] } as never }, 'payee.denied'],
    ['a payee denied in lower case', { authority: { payeesDeny: [PAYEE.toLowerCase()] } as never }, 'payee.denied'],
    [
      'a payee allowed on another chain',
      { authority: { payeesAllow: [`eip155:1:${PAYEE}`] } as never },
      'payee.notAllowed',
    ],
  ])('denies %s', (_case, change, code) => {
    expect(verdict(asking(change)).verdict).toBe('DENY')
    expect(codes(asking(change))).toContain(code)
  })

  it('holds everything an agent proposes', () => {
    expect(verdict(asking({ authority: { authorityLevel: 'PROPOSE' } as never })).verdict).toBe('HOLD')
  })

  it.each([
    [100n, 'ALLOW'],
    [99n, 'HOLD'],
  ])('holds a supervised payment of 100 only above its threshold (%s)', (amount, expected) => {
    const authority = { authorityLevel: 'SUPERVISED', approvalThreshold: [{ asset: USD, amount }] } as never
    expect(verdict(asking({ authority })).verdict).toBe(expected)
  })

  it('asks nobody twice: at execution a threshold and a pause are answered already', () => {
    const authority = { authorityLevel: 'PROPOSE' } as never
    expect(verdict(asking({ authority, agent: 'PAUSED', stage: 'execution' })).verdict).toBe('ALLOW')
  })
})

describe('headroom', () => {
  it('denies one unit more than is left and names the limit, the room and what would be allowed', () => {
    const [reason] = verdict(asking({ limits: [limit({ maxAmount: 100n, spent: 1n })] })).reasons
    expect(reason).toMatchObject({
      code: 'limit.amountExceeded',
      limitId: 'limit',
      remaining: '99',
      allowed: { maxAmount: '99' },
    })
  })

  it('allows the last unit', () => {
    expect(verdict(asking({ limits: [limit({ maxAmount: 100n })] })).verdict).toBe('ALLOW')
  })

  it('says not before when the window is used up', () => {
    const [reason] = verdict(asking({ limits: [limit({ maxAmount: 100n, spent: 100n })] })).reasons
    expect(reason?.allowed).toEqual({ maxAmount: '100', notBefore: '2026-11-24T00:00:00.000Z' })
  })

  it('says how much now and when all of it, when both are possible', () => {
    const day = limit({ maxAmount: 100n, spent: 80n })
    const week = limit({ window: 'WEEK', maxAmount: 150n, spent: 80n })
    expect(verdict(asking({ limits: [day] })).reasons[0]?.allowed).toEqual({
      maxAmount: '20',
      later: { maxAmount: '100', notBefore: '2026-11-24T00:00:00.000Z' },
    })
    // Tomorrow the week has 70 left, next week all of it: the first is no more than a step to the second.
    expect(verdict(asking({ limits: [day, week] })).reasons[0]?.allowed).toEqual({
      maxAmount: '20',
      later: { maxAmount: '100', notBefore: '2026-11-30T00:00:00.000Z' },
    })
  })

  it('promises nothing for a time when the capability has expired', () => {
    const limits = [limit({ maxAmount: 100n, spent: 80n })]
    const expiresAt = new Date('2026-11-24T00:00:00.000Z')
    const [reason] = verdict(asking({ limits, authority: { expiresAt } as never })).reasons
    expect(reason?.allowed).toEqual({ maxAmount: '20' })
  })

  it('promises nothing when something else says no as well', () => {
    const limits = [limit({ maxAmount: 100n, spent: 80n })]
    const { reasons } = verdict(asking({ limits, authority: { payeesDeny: [PAYEE] } as never }))
    expect(reasons).toMatchObject([{ code: 'payee.denied' }, { code: 'limit.amountExceeded', remaining: '20' }])
    expect(reasons[1]).not.toHaveProperty('allowed')
  })

  it('promises nothing when a lifetime is used up', () => {
    const [reason] = verdict(asking({ limits: [limit({ window: 'LIFETIME', maxAmount: 100n, spent: 100n })] })).reasons
    expect(reason).not.toHaveProperty('allowed')
  })

  it('counts payments as well as money', () => {
    expect(
      codes(asking({ limits: [limit({ maxAmount: null, maxCount: 2, spentCount: 1, reservedCount: 1 })] })),
    ).toEqual(['limit.countExceeded'])
  })

  const amount = fc.bigInt({ min: 0n, max: 10n ** 24n })
  const anyLimit = fc
    .record({
      window: fc.constantFrom(
        'TRANSACTION' as const,
        'HOUR' as const,
        'DAY' as const,
        'WEEK' as const,
        'MONTH' as const,
        'LIFETIME' as const,
      ),
      maxAmount: fc.option(amount),
      spent: amount,
      reserved: amount,
      maxCount: fc.option(fc.nat(3)),
      spentCount: fc.nat(3),
    })
    .map(({ maxAmount, maxCount, ...use }) => {
      const isSingle = use.window === 'TRANSACTION'
      const taken = isSingle ? { spent: 0n, reserved: 0n, spentCount: 0 } : {}
      return limit({ ...use, ...taken, maxAmount, maxCount: isSingle ? null : maxCount })
    })

  /** The same limits as they will stand at a time: windows that ended by then are empty. */
  const asOf = (limits: LimitUse[], time: Date) =>
    limits.map((each) =>
      each.span.end && each.span.end <= time
        ? { ...each, spent: 0n, reserved: 0n, spentCount: 0, reservedCount: 0, span: windowAt(each.window, time) }
        : each,
    )

  const question = fc.record({
    limits: fc.array(anyLimit, { minLength: 1, maxLength: 6 }),
    amount: amount.filter((each) => each > 0n),
    expiresAt: fc.option(
      fc.date({ min: new Date(NOW.getTime() + 1), max: new Date('2027-02-01'), noInvalidDate: true }),
    ),
  })
  type Asked = typeof question extends fc.Arbitrary<infer T> ? T : never
  const verdictAt = ({ limits, expiresAt }: Asked, time: Date, wanted: bigint) => {
    const payment = { ...asking().payment, amount: wanted }
    return verdict(asking({ now: time, limits: asOf(limits, time), payment, authority: { expiresAt } as never }))
  }
  const allowedOf = (asked: Asked) =>
    verdictAt(asked, NOW, asked.amount).reasons.map((reason) => reason.allowed as Allowed | undefined)
  /** Now, and whenever a window of the limits ends. */
  const moments = ({ limits }: Asked) => [NOW, ...limits.flatMap(({ span }) => span.end ?? [])]
  const timeOf = ({ notBefore }: { notBefore?: string }) => (notBefore === undefined ? NOW : new Date(notBefore))

  it('promises only what is then allowed', () => {
    let promises = 0
    fc.assert(
      fc.property(question, (asked) => {
        for (const allowed of allowedOf(asked)) {
          for (const change of [allowed, allowed?.later]) {
            if (!change) continue
            promises++
            expect(verdictAt(asked, timeOf(change), BigInt(change.maxAmount)).verdict).toBe('ALLOW')
          }
        }
      }),
      { numRuns: 500 },
    )
    expect(promises).toBeGreaterThan(100)
  })

  it('promises the smallest change: no more is allowed, no earlier, and nothing at all when it says nothing', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const said = verdictAt(asked, NOW, asked.amount)
        if (said.verdict === 'ALLOW') return
        const [allowed] = allowedOf(asked)
        const denied = (time: Date, wanted: bigint) => expect(verdictAt(asked, time, wanted).verdict).toBe('DENY')
        if (!allowed) {
          for (const time of moments(asked)) denied(time, 1n)
          return
        }
        const most = BigInt(allowed.later?.maxAmount ?? allowed.maxAmount)
        if (most < asked.amount) for (const time of moments(asked)) denied(time, most + 1n)
        if (BigInt(allowed.maxAmount) < asked.amount) denied(timeOf(allowed), BigInt(allowed.maxAmount) + 1n)
        if (allowed.notBefore) denied(new Date(timeOf(allowed).getTime() - 1), 1n)
        if (allowed.later) denied(new Date(timeOf(allowed.later).getTime() - 1), most)
      }),
      { numRuns: 500 },
    )
  })

  it('never allows more than any limit has left', () => {
    fc.assert(
      fc.property(
        fc.array(anyLimit, { maxLength: 6 }),
        amount.filter((each) => each > 0n),
        (limits, wanted) => {
          const said = verdict(asking({ limits, payment: { ...asking().payment, amount: wanted } })).verdict
          const fits = limits.every(
            ({ maxAmount, maxCount, spent, reserved, spentCount, reservedCount }) =>
              (maxAmount === null || wanted + spent + reserved <= maxAmount) &&
              (maxCount === null || spentCount + reservedCount + 1 <= maxCount),
          )
          expect(said).toBe(fits ? 'ALLOW' : 'DENY')
        },
      ),
    )
  })
})
