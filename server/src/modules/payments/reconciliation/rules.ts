import type { BreakSeverity } from '@wedi/database'
import { type Address, isAddressEqual } from 'viem'
import { DEAD, IN_FLIGHT } from '../rules.ts'
import type {
  BreakKind,
  Comparison,
  Cost,
  Doubt,
  Finding,
  OwnTransaction,
  Page,
  Sight,
  Stranger,
  Transfer,
} from './sight.ts'

/** Money may have left without a payment: the agent is frozen. */
const CRITICAL: ReadonlySet<BreakKind> = new Set([
  ...(['nonce.foreign', 'transfer.unmatched', 'balance.missing', 'payment.revived'] as const),
])
export const severityOf = (kind: BreakKind): BreakSeverity => (CRITICAL.has(kind) ? 'CRITICAL' : 'WARNING')

/**
 * Compares our book with the chain. What could still turn out to be ours is a doubt until `isOverdue`, then a finding.
 * Every movement out of the wallet that no payment explains is found exactly once.
 */
export function compare(page: Page, sight: Sight, isOverdue: (doubt: string) => boolean): Comparison {
  const strays = straysOf(page, sight)
  const seen = [...noncesIn(strays, sight), ...vanishedIn(sight), ...revivedIn(sight), ...transfersIn(strays, sight)]
  const isDoubt = ({ isDoubtful, finding }: Seen) => isDoubtful && !isOverdue(nameOf(finding))
  const doubts = seen.filter(isDoubt).map(({ finding }) => nameOf(finding))
  const findings = seen.filter((each) => !isDoubt(each)).map(({ finding }) => finding)
  const expected = expectedOf(page, sight)
  const next = { nonce: sight.nonce, balances: { ...expected, ...sight.balances } }
  // With a doubt the sums cannot be right: they are made when it is settled, from the same page.
  if (doubts.length === 0) findings.push(...balancesIn(expected, strays, { page, sight }))
  return { findings, doubts, next }
}

/** So often at least it is looked at, however far the looks are apart. */
const LEAST_SIGHTS = 3

/** Whether a doubt that is there once more has been for so long that it is none any more. */
export const hasLasted = (doubt: Doubt | undefined, now: Date, ms: number): boolean =>
  doubt !== undefined && doubt.sights + 1 >= LEAST_SIGHTS && now.getTime() - Date.parse(doubt.since) >= ms

const nameOf = ({ kind, subject }: Finding): string => `${kind} ${subject}`

/** Whether a queue may still say that something is its own. */
export const waitsForQueue = ({ own }: Pick<Sight, 'own'>): boolean =>
  own.some(({ isQueued, status }) => isQueued && IN_FLIGHT.includes(status))

/** Nonces the wallet used with none of our transactions. */
export function strayNonces(page: Pick<Page, 'nonce'>, { nonce, own }: Pick<Sight, 'nonce' | 'own'>): bigint[] {
  const explained = new Set(own.flatMap(({ mined }) => (mined ? [mined.nonce] : [])))
  const strays: bigint[] = []
  for (let each = page.nonce; each < nonce; each++) if (!explained.has(each)) strays.push(each)
  return strays
}

export const foreignNonce = (nonce: bigint, hash?: string): Finding => ({
  kind: 'nonce.foreign',
  subject: `nonce/${nonce}`,
  ...(hash !== undefined && { hash }),
  expected: { nonce: String(nonce), transaction: 'one of ours' },
  seen: { nonce: String(nonce), transaction: hash ?? 'not ours' },
})

interface Seen {
  readonly finding: Finding
  readonly isDoubtful: boolean
}

interface Stray {
  readonly nonce: bigint
  readonly transaction: Stranger | undefined
}

function straysOf(page: Page, sight: Sight): Stray[] {
  const found = new Map(sight.strangers.map((each) => [each.nonce, each]))
  return strayNonces(page, sight)
    .map((nonce) => ({ nonce, transaction: found.get(nonce) }))
    .filter(({ transaction }) => !(sight.isQueue && transaction && movedNothing(transaction, sight.address)))
}

/** Reverted, or an empty transaction to itself: with these a queue fills a gap or tries in vain. */
function movedNothing({ isSuccess, isEmpty, to }: Stranger, address: Address): boolean {
  return !isSuccess || (isEmpty && to !== null && isAddressEqual(to, address))
}

function noncesIn(strays: Stray[], sight: Sight): Seen[] {
  const waits = waitsForQueue(sight)
  return strays.map(({ nonce, transaction }) => ({
    finding: withTransfers(foreignNonce(nonce, transaction?.hash), sight),
    // Our own bytes may be mined and the node we ask not know it yet, unless we see what was mined in their place.
    isDoubtful: waits || (!transaction && sight.own.some((each) => !each.isQueued && each.nonce === nonce)),
  }))
}

/** A foreign transaction is one break, whatever it moved. */
function withTransfers(finding: Finding, { transfers, address }: Sight): Finding {
  const moved = transfers
    .filter(({ hash, from }) => hash === finding.hash && isAddressEqual(from, address))
    .map(wordsOf)
  return moved.length === 0 ? finding : { ...finding, seen: { ...finding.seen, transfers: moved } }
}

function vanishedIn({ own }: Sight): Seen[] {
  return own
    .filter(({ isProof, mined }) => isProof && !mined?.isAsMeant)
    .map((each) => ({ finding: vanished(each), isDoubtful: each.mined === undefined }))
}

/** A payment that is CONFIRMED, and of which the chain shows nothing, or something else, now. */
export function vanished({ paymentId, hash, asset, payee, amount, mined }: OwnTransaction): Finding {
  return {
    ...{ kind: 'payment.vanished', subject: `payment/${paymentId}/${hash}`, paymentId, asset, hash: hash as string },
    expected: { payee, amount: String(amount), asset, transaction: hash },
    seen: { transaction: mined ? 'mined with another effect' : 'in no block' },
  }
}

/** Paid although we said it was not: its reservation was given back, so others may have been paid with the same money. */
function revivedIn({ own }: Sight): Seen[] {
  return own
    .filter(({ pays, status, mined }) => pays && DEAD.includes(status) && mined?.isSuccess)
    .map((each) => ({ finding: revived(each), isDoubtful: false }))
}

const revived = ({ paymentId, status, hash, asset, payee, amount }: OwnTransaction): Finding => ({
  ...{ kind: 'payment.revived', subject: `payment/${paymentId}/${hash}`, paymentId, asset, hash: hash as string },
  expected: { status, transaction: 'in no block' },
  seen: { payee, amount: String(amount), asset, transaction: hash },
})

function transfersIn(strays: Stray[], sight: Sight): Seen[] {
  const { transfers, address, own } = sight
  const foreign = new Set(strays.flatMap(({ transaction }) => (transaction ? [transaction.hash] : [])))
  const ours = new Map(own.flatMap((each) => (each.hash === null ? [] : [[each.hash, each] as const])))
  // Anyone may announce a transfer of nothing out of any account: it is no movement.
  const out = transfers.filter(({ from, amount }) => isAddressEqual(from, address) && amount > 0n)
  const loose = out.filter(({ hash }) => !ours.has(hash) && !foreign.has(hash))
  return [...loose.map((each) => looseTransfer(each, own)), ...oddTransfers(out, ours)]
}

function looseTransfer(transfer: Transfer, own: readonly OwnTransaction[]): Seen {
  const finding: Finding = {
    ...{ kind: 'transfer.unmatched', subject: `transfer/${transfer.hash}/${transfer.logIndex}` },
    ...{ asset: transfer.asset, hash: transfer.hash },
    expected: { payment: 'one of ours' },
    seen: wordsOf(transfer),
  }
  // What a queue sent is known by its effect until the payment is settled and names its transaction.
  const couldBe = (each: OwnTransaction) =>
    each.isQueued && each.hash === null && IN_FLIGHT.includes(each.status) && isOf(each, transfer)
  return { finding, isDoubtful: own.some(couldBe) }
}

/** Our own transactions that moved something else than their payment. */
function oddTransfers(out: readonly Transfer[], ours: ReadonlyMap<string, OwnTransaction>): Seen[] {
  const seen: Seen[] = []
  for (const [hash, payment] of ours) {
    const moved = out.filter((each) => each.hash === hash)
    const meant = moved.findIndex((each) => isOf(payment, each))
    const odd = moved.filter((_, index) => index !== meant)
    if (odd.length > 0) seen.push({ finding: oddTransfer(payment, { hash, moved, odd }), isDoubtful: false })
  }
  return seen
}

function oddTransfer(
  payment: OwnTransaction,
  { hash, moved, odd }: { hash: string; moved: Transfer[]; odd: Transfer[] },
): Finding {
  const { paymentId, asset, payee, amount } = payment
  const total = moved.reduce((sum, each) => sum + each.amount, 0n)
  // A token that keeps a fee splits the amount; what is more, or of another token, has no payment.
  const isSplit = total <= amount && moved.every((each) => each.asset === asset)
  return {
    ...{
      kind: isSplit ? 'transfer.differs' : 'transfer.unmatched',
      subject: `transfer/${hash}`,
      paymentId,
      asset,
      hash,
    },
    expected: { payee, amount: String(amount), asset },
    seen: { transfers: odd.map(wordsOf) },
  }
}

const isOf = ({ asset, payee, amount }: OwnTransaction, transfer: Transfer): boolean =>
  transfer.asset === asset && transfer.amount === amount && isAddressEqual(transfer.to, payee as Address)

const wordsOf = ({ asset, to, amount, hash }: Transfer) => ({ asset, to, amount: String(amount), transaction: hash })

/** What each asset of the page should be now, by everything we know of. */
function expectedOf(page: Page, sight: Sight): Record<string, bigint> {
  const expected = { ...page.balances }
  for (const { asset, from, to, amount } of sight.transfers) {
    const before = expected[asset]
    if (before === undefined) continue
    const out = isAddressEqual(from, sight.address) ? amount : 0n
    const into = isAddressEqual(to, sight.address) ? amount : 0n
    expected[asset] = before - out + into
  }
  const coins = expected[sight.coin]
  if (coins !== undefined) expected[sight.coin] = coins - sum(costsIn(page, sight), costOf)
  return expected
}

/** Every mined transaction of the wallet in the page's span that we know, each once. */
function costsIn(page: Page, { own, strangers, nonce }: Sight): Cost[] {
  const known = [...own.flatMap(({ mined }) => (mined ? [mined] : [])), ...strangers]
  const inSpan = known.filter((each) => each.nonce >= page.nonce && each.nonce < nonce)
  return [...new Map(inSpan.map((each) => [each.nonce, each])).values()]
}

const costOf = ({ fee, value, isSuccess }: Cost): bigint => fee + (isSuccess ? value : 0n)
const sum = (costs: Cost[], of: (cost: Cost) => bigint): bigint => costs.reduce((total, each) => total + of(each), 0n)

function balancesIn(
  expected: Readonly<Record<string, bigint>>,
  strays: Stray[],
  { page, sight }: { page: Page; sight: Sight },
): Finding[] {
  const fees = sum(costsIn(page, sight), ({ fee }) => fee)
  const isCoinKnown = strays.every(({ transaction }) => transaction)
  return Object.entries(expected).flatMap(([asset, should]) => {
    const is = sight.balances[asset]
    if (is === undefined || is === should) return []
    const isCoin = asset === sight.coin
    // Coins come in without a trace; and what a foreign transaction cost is told with that transaction.
    if (isCoin && (is > should || !isCoinKnown)) return []
    // A chain may charge fees its nodes do not itemise: never more than again as much as they do.
    const isFee = isCoin && should - is <= fees
    const kind = is > should || isFee ? 'balance.differs' : 'balance.missing'
    return [balance(kind, { asset, should, is, block: sight.block })]
  })
}

function balance(
  kind: 'balance.differs' | 'balance.missing',
  { asset, should, is, block }: { asset: string; should: bigint; is: bigint; block: bigint },
): Finding {
  return {
    ...{ kind, subject: `balance/${asset}/${block}`, asset },
    expected: { balance: String(should) },
    seen: { balance: String(is), block: String(block) },
  }
}
