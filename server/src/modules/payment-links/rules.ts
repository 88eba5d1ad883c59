import type { LinkPaymentKind, PaymentLinkRow, PaymentLinkStatus } from '@wedi/database'

/** Links stay watched so long after they are closed: what comes then is late, and somebody should know. */
export const WATCHED_AFTER_CLOSE_DAYS = 7

/** What counts towards a link's payments. */
export const counts = (kind: LinkPaymentKind): boolean => kind === 'EXACT' || kind === 'OVER'

type Terms = Pick<PaymentLinkRow, 'id' | 'status' | 'minAmount' | 'maxAmount' | 'expiresAt'> & {
  readonly maxPayments: number
  readonly paidCount: number
  readonly settlingCount: number
}

/** In time, and not paid in full; what is on its way may come to nothing. Time is the chain's: what was sent in time is not late because we looked late. */
function isOpenAt({ status, expiresAt, ...link }: Terms, at: Date): boolean {
  const isInTime = expiresAt === null || at < expiresAt
  const mayBePaid: PaymentLinkStatus[] = ['OPEN', 'EXPIRED']
  return mayBePaid.includes(status) && isInTime && link.paidCount < link.maxPayments
}

export interface Match {
  /** Undefined: nobody can say. */
  readonly linkId?: string
  readonly kind: LinkPaymentKind
}

const UNMATCHED: Match = { kind: 'UNMATCHED' }

/**
 * Which link a transfer pays, when it names none: the one open link that asks for exactly this; else the one closed link
 * that did; else the only open link there is, then the only link. Where two would do, a person has to say.
 */
export function match(amount: bigint, at: Date, links: readonly Terms[]): Match {
  const fits = ({ minAmount, maxAmount }: Terms) => minAmount <= amount && amount <= maxAmount
  const open = links.filter((link) => isOpenAt(link, at))
  const closed = links.filter((link) => !open.includes(link))
  const fitting = [open.filter(fits), closed.filter(fits), open, closed].find((some) => some.length > 0) ?? []
  const [link, ...others] = fitting
  if (!link || others.length > 0) return UNMATCHED
  if (open.includes(link)) return { linkId: link.id, kind: inTime(amount, link) }
  return { linkId: link.id, kind: link.paidCount >= link.maxPayments ? 'DUPLICATE' : 'LATE' }
}

/** What is enough but finds all room taken by what is on its way is one too many, until that comes to nothing. */
function inTime(amount: bigint, { minAmount, maxAmount, ...link }: Terms): LinkPaymentKind {
  if (amount < minAmount) return 'UNDER'
  if (link.paidCount + link.settlingCount >= link.maxPayments) return 'DUPLICATE'
  return amount > maxAmount ? 'OVER' : 'EXACT'
}

/** What a link asks of its payer just now: the fixed amount, or what was chosen; undefined when that is out of bounds. */
export function askedAmount(
  { minAmount, maxAmount }: Pick<PaymentLinkRow, 'minAmount' | 'maxAmount'>,
  chosen?: bigint,
): bigint | undefined {
  if (chosen === undefined) return minAmount
  return minAmount <= chosen && chosen <= maxAmount ? chosen : undefined
}

/** `12.5` of an asset with 6 decimals is 12500000; undefined when it has more places than the asset. */
export function parseUnits(text: string, decimals: number): bigint | undefined {
  const [whole = '', fraction = ''] = text.replace(',', '.').split('.')
  if (fraction.length > decimals) return undefined
  return BigInt(whole + fraction.padEnd(decimals, '0'))
}

/** 12500000 of an asset with 6 decimals is `12.50`: at least two places, where it has as many. */
export function formatUnits(amount: bigint, decimals: number): string {
  const digits = amount.toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ',')
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  const shown = fraction.padEnd(Math.min(2, decimals), '0')
  return shown === '' ? whole : `${whole}.${shown}`
}
