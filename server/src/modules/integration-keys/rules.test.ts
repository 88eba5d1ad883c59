import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindingOf, type CollectQuestion, faultsOfBinding, refusalsOf, type Scope } from './rules.ts'

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
  ...{ now: NOW, agent: 'ACTIVE', scope: narrow, askedToday: 0n },
  binding: bindingOf({}),
  collecting: { asset: USD, amount: 10n, metadataKeys: [], origin: undefined },
  ...over,
})
const collecting = (over: Partial<CollectQuestion['collecting']>) => ({ ...question().collecting, ...over })
const caps = [{ asset: USD, amount: '20' }]

describe('asking for money', () => {
  it('is allowed within capability and key', () => expect(refusalsOf(question())).toEqual([]))

  it.each<[string, Partial<CollectQuestion>]>([
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
