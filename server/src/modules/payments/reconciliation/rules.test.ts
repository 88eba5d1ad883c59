import fc from 'fast-check'
import { type Address, getAddress, numberToHex, padHex } from 'viem'
import { describe, expect, it } from 'vitest'
import { compare, hasLasted } from './rules.ts'
import type { OwnTransaction, Page, Sight, Stranger } from './sight.ts'

const account = (n: number): Address => getAddress(padHex(numberToHex(n), { size: 20 }))
const hashOf = (n: number): string => padHex(numberToHex(n), { size: 32 })
const WALLET = account(1)
const COIN = 'eip155:1/slip44:60'
const TOKEN = `eip155:1/erc20:${account(2)}`
const OPENING = 10n ** 30n

type Event =
  | { act: 'pay'; asset: string; amount: bigint; fee: bigint; to: number; status: OwnTransaction['status'] }
  | { act: 'revert'; asset: string; amount: bigint; fee: bigint; to: number }
  | { act: 'replace'; asset: string; amount: bigint; fee: bigint; to: number }
  | { act: 'receive'; asset: string; amount: bigint; from: number }
  | { act: 'poison'; from: number }
type Foreign =
  | { act: 'send'; asset: string; amount: bigint; fee: bigint; isFound: boolean }
  | { act: 'pull'; amount: bigint }
  | { act: 'burn'; amount: bigint }
  | { act: 'fail'; fee: bigint }

const amount = fc.bigInt({ min: 1n, max: 10n ** 12n })
const fee = fc.bigInt({ min: 0n, max: 10n ** 9n })
const asset = fc.constantFrom(COIN, TOKEN)
const other = fc.integer({ min: 3, max: 9 })
const sent = fc.constantFrom<OwnTransaction['status']>('SUBMITTED', 'UNKNOWN', 'CONFIRMED')
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ act: fc.constant('pay' as const), asset, amount, fee, to: other, status: sent }),
  fc.record({ act: fc.constant('revert' as const), asset, amount, fee, to: other }),
  fc.record({ act: fc.constant('replace' as const), asset, amount, fee, to: other }),
  fc.record({ act: fc.constant('receive' as const), asset, amount, from: other }),
  fc.record({ act: fc.constant('poison' as const), from: other }),
)
const foreign: fc.Arbitrary<Foreign> = fc.oneof(
  fc.record({ act: fc.constant('send' as const), asset: fc.constant(COIN), amount, fee, isFound: fc.boolean() }),
  fc.record({ act: fc.constant('send' as const), asset: fc.constant(TOKEN), amount, fee, isFound: fc.constant(true) }),
  fc.record({ act: fc.constant('pull' as const), amount }),
  fc.record({ act: fc.constant('burn' as const), amount }),
  fc.record({ act: fc.constant('fail' as const), fee }),
)

/** A chain and our books of it, from a history. */
function play(history: readonly (Event | Foreign)[]): { page: Page; sight: Sight } {
  const balances: Record<string, bigint> = { [COIN]: OPENING, [TOKEN]: OPENING }
  const transfers: Sight['transfers'][number][] = []
  const own: OwnTransaction[] = []
  const strangers: Stranger[] = []
  let nonce = 5n
  const add = (what: string, by: bigint) => (balances[what] = (balances[what] ?? 0n) + by)
  const log = (hash: string, from: Address, to: Address, moved: bigint) =>
    transfers.push({ asset: TOKEN, from, to, amount: moved, hash, logIndex: transfers.length })

  history.forEach((each, index) => {
    const hash = hashOf(index + 1)
    if (each.act === 'receive') {
      add(each.asset, each.amount)
      if (each.asset === TOKEN) log(hash, account(each.from), WALLET, each.amount)
    } else if (each.act === 'poison') {
      log(hash, WALLET, account(each.from), 0n)
    } else if (each.act === 'pull') {
      add(TOKEN, -each.amount)
      log(hash, WALLET, account(9), each.amount)
    } else if (each.act === 'burn') {
      add(TOKEN, -each.amount)
    } else {
      const isDone = each.act !== 'revert' && each.act !== 'fail'
      const moved = each.act === 'fail' ? 0n : each.amount
      const what = each.act === 'fail' ? COIN : each.asset
      const isOurs = each.act !== 'fail' && each.act !== 'send'
      add(COIN, -each.fee)
      if (isDone) {
        add(what, -moved)
        if (what === TOKEN) log(hash, WALLET, account(isOurs ? each.to : 9), moved)
      }
      const cost = { nonce, fee: each.fee, value: what === COIN ? moved : 0n, isSuccess: isDone }
      if (isOurs) {
        const status = each.act === 'pay' ? each.status : each.act === 'revert' ? ('REVERTED' as const) : 'CONFIRMED'
        const fields = { paymentId: `p${index}`, status, asset: what, payee: account(each.to), amount: moved, nonce }
        own.push({
          ...{ ...fields, hash, isQueued: false, isProof: status === 'CONFIRMED', pays: true },
          mined: { ...cost, isAsMeant: isDone },
        })
        // The attempt it replaced has the same nonce and is in no block.
        if (each.act === 'replace')
          own.push({ ...fields, hash: hashOf(10_000 + index), isQueued: false, isProof: false, pays: true })
      } else if (each.act === 'fail' || each.isFound) {
        strangers.push({ ...cost, hash, to: account(9), isEmpty: true })
      }
      nonce++
    }
  })
  return {
    page: { nonce: 5n, balances: { [COIN]: OPENING, [TOKEN]: OPENING } },
    sight: { address: WALLET, coin: COIN, block: 100n, nonce, balances, transfers, own, strangers, isQueue: false },
  }
}

const never = () => false
const always = () => true

describe('comparing the book with the chain', () => {
  it('finds nothing in any history of our payments and of what comes in', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (history) => {
        const { page, sight } = play(history)
        const { findings, doubts, next } = compare(page, sight, always)
        expect({ findings, doubts }).toEqual({ findings: [], doubts: [] })
        expect(next).toEqual({ nonce: sight.nonce, balances: sight.balances })
      }),
      { numRuns: 500 },
    )
  })

  it('finds one foreign movement in any history, exactly once, and would stop the agent for it', () => {
    const history = fc.array(event, { maxLength: 30 })
    fc.assert(
      fc.property(history, history, foreign, (before, after, alien) => {
        const { page, sight } = play([...before, alien, ...after])
        const { findings } = compare(page, sight, never)
        const kinds = findings.map(({ kind }) => kind)
        const kind = {
          send: 'nonce.foreign',
          fail: 'nonce.foreign',
          pull: 'transfer.unmatched',
          burn: 'balance.missing',
        }
        expect(kinds).toEqual([kind[alien.act]])
      }),
      { numRuns: 1000 },
    )
  })

  it('may be made in any number of looks', () => {
    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 6 }), { maxLength: 5 }), (looks) => {
        let page = play([]).page
        for (const history of looks) {
          const { sight, page: from } = play(history)
          const moved = Object.entries(sight.balances).map(([id, amount]) => [id, amount - (from.balances[id] ?? 0n)])
          const shift = page.nonce - from.nonce
          const balances = Object.fromEntries(
            moved.map(([id, by]) => [id, (page.balances[String(id)] ?? 0n) + BigInt(by as bigint)]),
          )
          const own = sight.own.map((each) => ({
            ...each,
            nonce: each.nonce + shift,
            ...(each.mined && { mined: { ...each.mined, nonce: each.mined.nonce + shift } }),
          }))
          const compared = compare(page, { ...sight, balances, own, nonce: sight.nonce + shift }, always)
          expect(compared.findings).toEqual([])
          page = compared.next
        }
      }),
    )
  })
})

describe('what is not known yet', () => {
  const one = (over: Partial<OwnTransaction>): Sight => {
    const { sight } = play([{ act: 'pay', asset: TOKEN, amount: 7n, fee: 0n, to: 3, status: 'SUBMITTED' }])
    const [{ mined: _, ...only }] = sight.own as [OwnTransaction]
    return { ...sight, own: [{ ...only, ...over }] }
  }
  const { page } = play([])

  it.each<[string, Partial<OwnTransaction>]>([
    ['our own bytes, which the node does not show yet', {}],
    ['what a queue may have sent', { isQueued: true, hash: null, nonce: 0n }],
    ['a confirmed payment whose receipt is not there', { status: 'CONFIRMED', isProof: true }],
  ])('%s is a doubt at first, and a break when it stays so', (_case, over) => {
    const patient = compare(page, one(over), never)
    expect(patient.findings).toEqual([])
    expect(patient.doubts).not.toEqual([])
    expect(compare(page, one(over), always).findings).not.toEqual([])
  })

  it('a queue that waits explains no transfer of another amount', () => {
    const { doubts, findings } = compare(page, one({ isQueued: true, hash: null, amount: 8n }), never)
    expect(findings).toMatchObject([{ kind: 'transfer.unmatched' }])
    expect(doubts).toHaveLength(1)
  })

  it('what a queue sends that moves nothing is its own; of a wallet whose nonces are ours it is foreign', () => {
    const { sight } = play([{ act: 'fail', fee: 3n }])
    expect(compare(page, { ...sight, isQueue: true }, always).findings).toEqual([])
    expect(compare(page, sight, always).findings).toMatchObject([{ kind: 'nonce.foreign' }])
  })
})

describe('what is not there', () => {
  const { page } = play([])

  it('a confirmed payment whose transaction is in no block is said, although no nonce is missing', () => {
    const { sight } = play([{ act: 'pay', asset: TOKEN, amount: 7n, fee: 0n, to: 3, status: 'CONFIRMED' }])
    const own = sight.own.map(({ mined: _, ...each }) => each)
    const gone = { ...play([]).sight, own }
    expect(compare(page, gone, always).findings.map(({ kind }) => kind)).toEqual(['payment.vanished'])
    expect(compare(page, gone, never)).toMatchObject({ findings: [], doubts: [expect.stringContaining('vanished')] })
  })

  it.each(['CANCELED', 'FAILED', 'REVERTED'] as const)('a %s payment that is paid after all is said', (status) => {
    const { sight } = play([{ act: 'pay', asset: TOKEN, amount: 7n, fee: 0n, to: 3, status: 'CONFIRMED' }])
    const own = sight.own.map((each) => ({ ...each, status, isProof: false }))
    expect(compare(page, { ...sight, own }, never).findings).toMatchObject([{ kind: 'payment.revived' }])
    const filler = own.map((each) => ({ ...each, pays: false }))
    expect(
      compare(page, { ...sight, own: filler, transfers: [] }, never).findings.map(({ kind }) => kind),
    ).not.toContain('payment.revived')
  })

  it('a reverted payment explains its fee and no coins beside it', () => {
    const { sight } = play([{ act: 'revert', asset: COIN, amount: 50n, fee: 3n, to: 3 }])
    const own = sight.own.map((each) => ({ ...each, ...(each.mined && { mined: { ...each.mined, value: 50n } }) }))
    const balances = { ...sight.balances, [COIN]: OPENING - 3n - 50n }
    expect(compare(page, { ...sight, own }, always).findings).toEqual([])
    expect(compare(page, { ...sight, own, balances }, always).findings).toMatchObject([{ kind: 'balance.missing' }])
  })
})

describe('what differs without being stolen', () => {
  const { page, sight } = play([{ act: 'pay', asset: TOKEN, amount: 100n, fee: 5n, to: 3, status: 'UNKNOWN' }])
  const kinds = (over: Partial<Sight>) => compare(page, { ...sight, ...over }, always).findings.map(({ kind }) => kind)

  it('a token that keeps a fee splits the amount', () => {
    const [whole] = sight.transfers as [Sight['transfers'][number]]
    const split = [
      { ...whole, amount: 99n },
      { ...whole, amount: 1n, to: account(8), logIndex: 77 },
    ]
    expect(kinds({ transfers: split })).toEqual(['transfer.differs'])
    expect(kinds({ transfers: [whole, { ...whole, amount: 1n, logIndex: 77 }] })).toContain('transfer.unmatched')
  })

  it('a balance that grew by itself is no loss, one that shrank is; coins come in without a trace', () => {
    const with_ = (id: string, by: bigint) => ({
      balances: { ...sight.balances, [id]: (sight.balances[id] ?? 0n) + by },
    })
    expect(kinds(with_(TOKEN, 1n))).toEqual(['balance.differs'])
    expect(kinds(with_(TOKEN, -1n))).toEqual(['balance.missing'])
    expect(kinds(with_(COIN, 1n))).toEqual([])
    expect(kinds(with_(COIN, -6n))).toEqual(['balance.missing'])
  })

  it('a fee the node does not itemise is said, and nobody is stopped for it', () => {
    const coins = (sight.balances[COIN] ?? 0n) - 5n
    expect(kinds({ balances: { ...sight.balances, [COIN]: coins } })).toEqual(['balance.differs'])
  })
})

it('a doubt is none any more when it was seen three times and lasted its time, not before', () => {
  const now = new Date('2026-11-23T12:00:30.000Z')
  const seen = (sights: number, ms: number) => ({ sights, since: new Date(now.getTime() - ms).toISOString() })
  const said = [undefined, seen(1, 30_000), seen(2, 29_999), seen(2, 30_000), seen(9, 10)]
  expect(said.map((doubt) => hasLasted(doubt, now, 30_000))).toEqual([false, false, false, true, false])
})
