import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bindingOf,
  type CollectQuestion,
  faultsOfBinding,
  type RevocationQuestion,
  refusalsOf,
  type Scope,
  safetyOf,
} from './rules.ts'

const BASE = 'eip155:8453'
const USD = `${BASE}/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913`
const COIN = `${BASE}/slip44:60`
const OTHER = 'eip155:10/slip44:60'
const NOW = new Date('2026-11-23T12:00:00.000Z')

const everything: Scope = { chains: ['*'], assets: ['*'], expiresAt: null, limits: [] }
const narrow: Scope = {
  ...{ chains: [BASE], assets: [USD.toLowerCase()], expiresAt: null },
  limits: [
    { window: 'TRANSACTION', asset: USD, maxAmount: '100' },
    { window: 'TRANSACTION', asset: USD, maxAmount: '5', perPayee: true },
    { window: 'DAY', asset: USD, maxAmount: '500' },
  ],
}

describe('a binding', () => {
  it.each([
    ['another chain', { chains: [BASE, 'eip155:10'] }, '/chains/1'],
    ['another asset', { assets: [USD, COIN] }, '/assets/1'],
    ['an asset of another chain', { chains: [BASE], assets: [OTHER] }, '/assets/0'],
    ['an asset twice', { assets: [USD, USD.toLowerCase()] }, '/assets/1'],
    ['a contract with a wrong checksum', { assets: [USD.replace('fCD6', 'fcD6')] }, '/assets/0'],
    ['more for a link', { maxAmountPerLink: [{ asset: USD, amount: '101' }] }, '/maxAmountPerLink/0/amount'],
    ['more for a day', { maxAmountPerDay: [{ asset: USD, amount: '501' }] }, '/maxAmountPerDay/0/amount'],
    ['a cap of another asset', { maxAmountPerDay: [{ asset: COIN, amount: '1' }] }, '/maxAmountPerDay/0/asset'],
    [
      'a page instead of an origin',
      { allowedOrigins: ['https://shop.example', 'https://A.example'] },
      '/allowedOrigins/1',
    ],
  ])('with %s than the capability is refused, and where is said', (_what, input, path) => {
    expect(faultsOfBinding(input, narrow).map((fault) => fault.path)).toEqual([path])
  })

  it('with a cap for what is none of its assets is refused', () => {
    const input = { assets: [COIN], maxAmountPerLink: [{ asset: USD, amount: '1' }] }
    expect(faultsOfBinding(input, everything).map(({ path }) => path)).toEqual(['/maxAmountPerLink/0/asset'])
  })

  it('is as narrow as one likes', () => {
    const caps = [{ asset: USD, amount: '100' }]
    const input = { chains: [BASE], assets: [USD], maxAmountPerLink: caps, maxAmountPerDay: caps }
    expect(faultsOfBinding(input, narrow)).toEqual([])
    expect(bindingOf({ ...input, assets: [USD.toLowerCase()] })).toMatchObject({ assets: [USD], allowedOrigins: null })
  })
})

const question = (over: Partial<CollectQuestion> = {}): CollectQuestion => ({
  ...{ now: NOW, organization: 'ACTIVE', agent: 'ACTIVE', scope: narrow, askedToday: 0n },
  binding: bindingOf({}),
  collecting: { asset: USD, amount: 10n, metadataKeys: [], origin: undefined },
  ...over,
})
const collecting = (over: Partial<CollectQuestion['collecting']>) => ({ ...question().collecting, ...over })
const caps = [{ asset: USD, amount: '20' }]

describe('asking for money', () => {
  it('is allowed within capability and key', () => expect(refusalsOf(question())).toEqual([]))

  it.each<[string, Partial<CollectQuestion>]>([
    ['organization.frozen', { organization: 'FROZEN' }],
    ['agent.notActive', { agent: 'PAUSED' }],
    ['capability.expired', { scope: { ...narrow, expiresAt: NOW } }],
    ['capability.assetNotAllowed', { collecting: collecting({ asset: COIN }) }],
    ['capability.chainNotAllowed', { scope: { ...narrow, chains: ['eip155:10'] } }],
    ['capability.amountAboveLimit', { collecting: collecting({ amount: 101n }) }],
    ['capability.amountAboveLimit', { askedToday: 495n }],
    ['key.chainNotBound', { binding: bindingOf({ chains: ['eip155:10'] }) }],
    ['key.assetNotBound', { binding: bindingOf({ assets: [COIN] }) }],
    ['key.amountPerLink', { binding: bindingOf({ maxAmountPerLink: caps }), collecting: collecting({ amount: 21n }) }],
    ['key.amountPerDay', { binding: bindingOf({ maxAmountPerDay: caps }), askedToday: 11n }],
    [
      'key.originNotAllowed',
      {
        binding: bindingOf({ allowedOrigins: ['https://shop.example'] }),
        collecting: collecting({ origin: 'https://shop.example.evil' }),
      },
    ],
    [
      'key.metadataNotAllowed',
      {
        binding: bindingOf({ allowedMetadataKeys: ['order'] }),
        collecting: collecting({ metadataKeys: ['order', 'x'] }),
      },
    ],
    ['key.metadataNotAllowed', { collecting: collecting({ metadataKeys: ['order', 'payoutAddress'] }) }],
  ])('is refused with %s, and with nothing else', (code, over) => {
    expect(refusalsOf(question(over)).map((reason) => reason.code)).toEqual([code])
  })

  it('of a server, which sends no origin, is not refused for it', () => {
    expect(refusalsOf(question({ binding: bindingOf({ allowedOrigins: ['https://shop.example'] }) }))).toEqual([])
  })

  it('never passes a cap, whatever was asked before', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 60n), fc.bigInt(1n, 60n), fc.bigInt(1n, 60n), (askedToday, amount, cap) => {
        const binding = bindingOf({ maxAmountPerDay: [{ asset: USD, amount: String(cap) }] })
        const refusals = refusalsOf(question({ binding, askedToday, collecting: collecting({ amount }) }))
        expect(refusals.length > 0).toBe(askedToday + amount > cap)
        for (const { allowed } of refusals)
          expect(BigInt(allowed as string) + askedToday <= cap || allowed === '0').toBe(true)
      }),
    )
  })
})

describe('revoking a key', () => {
  const HOUR_MS = 3_600_000
  const at = (ms: number) => new Date(NOW.getTime() + ms)
  const aQuestion = (over: Partial<RevocationQuestion> = {}): RevocationQuestion => ({
    ...{ now: NOW, isInForce: true, createdAt: at(-1e12), rotatedAt: null, seen: undefined, successorSeen: undefined },
    ...over,
  })
  const seen = (lastMsAgo: number, longestGapMs = 0) => ({ lastUsedAt: at(-lastMsAgo), longestGapMs })

  it.each<[string, Partial<RevocationQuestion>, boolean]>([
    ['that ended is safe', { isInForce: false, seen: seen(1) }, true],
    ['that was just made is not', { createdAt: NOW }, false],
    ['nobody ever used is safe', {}, true],
    ['used a minute ago is not', { seen: seen(60_000) }, false],
    ['quiet for a day, once a week, is not', { seen: seen(24 * HOUR_MS, 7 * 24 * HOUR_MS) }, false],
    ['quiet for two hours, every minute, is safe', { seen: seen(2 * HOUR_MS, 60_000) }, true],
    [
      'whose successor nobody uses is not, however quiet',
      { rotatedAt: at(-100 * HOUR_MS), seen: seen(200 * HOUR_MS) },
      false,
    ],
    [
      'whose successor is used, and that is quiet, is safe',
      { rotatedAt: at(-100 * HOUR_MS), seen: seen(99 * HOUR_MS), successorSeen: seen(1) },
      true,
    ],
    ['rotated without ever having been used is safe after an hour', { rotatedAt: at(-2 * HOUR_MS) }, true],
    ['rotated a moment ago is not', { rotatedAt: at(-1) }, false],
  ])('%s', (_what, over, expected) => {
    expect(safetyOf(aQuestion(over)).safeToRevoke).toBe(expected)
  })

  const uses = fc.array(fc.integer({ min: 1, max: 40 * HOUR_MS }), { minLength: 1, maxLength: 30 })
  const historyOf = (gaps: number[], quietMs: number) =>
    aQuestion({ seen: { lastUsedAt: at(-quietMs), longestGapMs: Math.max(0, ...gaps.slice(1)) } })

  it('is never safe before it was quiet for as long as ever, and stays safe while it is quiet', () => {
    fc.assert(
      fc.property(uses, fc.nat(100 * HOUR_MS), fc.nat(100 * HOUR_MS), (gaps, quietMs, moreMs) => {
        const question = historyOf(gaps, quietMs)
        const { safeToRevoke, at: safeAt } = safetyOf(question)
        if (safeToRevoke) expect(quietMs).toBeGreaterThanOrEqual(Math.max(HOUR_MS, ...gaps.slice(1)))
        const later = safetyOf({ ...question, now: at(moreMs) })
        if (safeToRevoke) expect(later.safeToRevoke).toBe(true)
        // What it promises, it keeps: not a moment earlier or later.
        const promised = safeAt as Date
        expect(safetyOf({ ...question, now: promised }).safeToRevoke).toBe(true)
        expect(safetyOf({ ...question, now: new Date(promised.getTime() - 1) }).safeToRevoke).toBe(false)
      }),
    )
  })

  it('is not safe again right after another use, and what was seen once counts for ever', () => {
    fc.assert(
      fc.property(uses, fc.nat(1000 * HOUR_MS), (gaps, quietMs) => {
        const before = historyOf(gaps, quietMs)
        const longestGapMs = Math.max(before.seen?.longestGapMs ?? 0, quietMs)
        const used = safetyOf(aQuestion({ seen: { lastUsedAt: NOW, longestGapMs } }))
        expect(used.safeToRevoke).toBe(false)
        expect((used.at as Date).getTime() - NOW.getTime()).toBeGreaterThan(quietMs)
      }),
    )
  })
})
