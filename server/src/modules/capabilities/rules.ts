import type {
  AgentStatus,
  AuthorityLevel,
  LimitScope,
  LimitWindow,
  OrganizationStatus,
  Verdict,
  WalletStatus,
} from '@wedi/database'
import type { Reason } from '#modules/decisions'
import { parseAccount } from '#platform/caip'
import type { Window } from './windows.ts'

/** Of the rules in this file. It changes with each change of an answer, so that an old verdict is judged by its own rules. */
export const RULES_VERSION = '1'

/** What an agent may do, as one revision says. */
export interface Authority {
  readonly revision: number
  readonly authorityLevel: AuthorityLevel
  readonly taskTypes: readonly string[]
  readonly providers: readonly string[]
  readonly chains: readonly string[]
  readonly assets: readonly string[]
  readonly payeesAllow: readonly string[]
  readonly payeesDeny: readonly string[]
  readonly approvalThreshold: readonly { asset: string; amount: bigint }[]
  readonly expiresAt: Date | null
}

/** A limit that a payment would count against, with what is taken of it in the payment's window. */
export interface LimitUse {
  readonly limitId: string
  readonly scope: LimitScope
  readonly window: LimitWindow
  readonly perPayee: boolean
  readonly maxAmount: bigint | null
  readonly maxCount: number | null
  readonly reserved: bigint
  readonly spent: bigint
  readonly reservedCount: number
  readonly spentCount: number
  readonly span: Window
}

export interface Question {
  readonly now: Date
  readonly organization: OrganizationStatus
  readonly agent: AgentStatus
  /** Undefined when the agent has none that could pay this. */
  readonly wallet: { readonly status: WalletStatus; readonly provider: string } | undefined
  readonly authority: Authority
  readonly limits: readonly LimitUse[]
  readonly payment: { readonly payee: string; readonly amount: bigint; readonly asset: string; readonly chain: string }
  /** At execution a person's approval already answered what would be held, and a paused agent finishes what it began. */
  readonly stage: 'request' | 'execution'
}

export interface Answer {
  readonly verdict: Verdict
  readonly reasons: Reason[]
}

/** May this payment be made? Pure: the same question has the same answer for ever, so that it can be replayed. */
export function verdict(question: Question): Answer {
  const denials = [...standing(question), ...scope(question), ...headroom(question)]
  if (denials.length > 0) return { verdict: 'DENY', reasons: denials }
  const holds = question.stage === 'request' ? holdsOf(question) : []
  if (holds.length > 0) return { verdict: 'HOLD', reasons: holds }
  return { verdict: 'ALLOW', reasons: [{ code: 'authority.withinLimits' }] }
}

/** Is everyone concerned in a state in which money may move? */
function* standing({ organization, agent, wallet, stage }: Question): Iterable<Reason> {
  if (organization !== 'ACTIVE') yield { code: 'organization.frozen' }
  const canWork = agent === 'ACTIVE' || (stage === 'execution' && agent === 'PAUSED')
  if (!canWork) yield { code: 'agent.notActive', status: agent }
  if (!wallet) yield { code: 'wallet.none' }
  else if (wallet.status !== 'ACTIVE') yield { code: 'wallet.notActive', status: wallet.status }
}

/** Does a rule name what is asked? What no rule mentions is denied. */
function* scope({ now, authority, wallet, payment }: Question): Iterable<Reason> {
  if (authority.authorityLevel === 'OBSERVE') yield { code: 'authority.observeOnly' }
  if (authority.expiresAt !== null && authority.expiresAt <= now) {
    yield { code: 'capability.expired', expiresAt: authority.expiresAt.toISOString() }
  }
  if (wallet && !names(authority.providers, wallet.provider))
    yield { code: 'capability.providerNotAllowed', provider: wallet.provider }
  if (!names(authority.chains, payment.chain)) yield { code: 'capability.chainNotAllowed', chain: payment.chain }
  if (!names(authority.assets, payment.asset)) yield { code: 'capability.assetNotAllowed', asset: payment.asset }
  if (namesPayee(authority.payeesDeny, payment)) yield { code: 'payee.denied', payee: payment.payee }
  else if (!namesPayee(authority.payeesAllow, payment)) yield { code: 'payee.notAllowed', payee: payment.payee }
}

export function names(list: readonly string[], value: string): boolean {
  const wanted = value.toLowerCase()
  return list.some((entry) => entry === '*' || entry.toLowerCase() === wanted)
}

function namesPayee(list: readonly string[], { payee, chain }: { payee: string; chain: string }): boolean {
  return list.some((entry) => {
    if (entry === '*') return true
    const account = parseAccount(entry)
    const isThere = account?.chain === undefined || account.chain === chain
    return isThere && account?.address.toLowerCase() === payee.toLowerCase()
  })
}

const amountLeft = (limit: LimitUse): bigint | undefined =>
  limit.maxAmount === null ? undefined : atLeastZero(limit.maxAmount - limit.reserved - limit.spent)
const countLeft = (limit: LimitUse): number | undefined =>
  limit.maxCount === null ? undefined : Math.max(0, limit.maxCount - limit.reservedCount - limit.spentCount)
const lesser = (a: bigint, b: bigint): bigint => (b >= a ? a : b)
const atLeastZero = (value: bigint): bigint => (value > 0n ? value : 0n)

/** Is there room in every limit? Each denial says how much room there is and what would be allowed instead. */
function headroom({ limits, payment }: Question): Reason[] {
  const exceeded = limits.flatMap((limit) => {
    const left = amountLeft(limit)
    const times = countLeft(limit)
    const reasons: Reason[] = []
    const about = { limitId: limit.limitId, scope: limit.scope, window: limit.window }
    if (left !== undefined && payment.amount > left) {
      reasons.push({ code: 'limit.amountExceeded', ...about, cap: String(limit.maxAmount), remaining: String(left) })
    }
    if (times === 0) reasons.push({ code: 'limit.countExceeded', ...about, maxCount: limit.maxCount, remaining: '0' })
    return reasons
  })
  if (exceeded.length === 0) return exceeded
  const allowed = allowedInstead(limits, payment.amount)
  return exceeded.map((reason) => (allowed === undefined ? reason : { ...reason, allowed }))
}

/** The smallest change that every limit would allow: less now, or (when something is used up) not before a time. */
function allowedInstead(limits: readonly LimitUse[], amount: bigint): Record<string, string> | undefined {
  const usedUp = limits.filter((limit) => amountLeft(limit) === 0n || countLeft(limit) === 0)
  const ends = usedUp.map(({ span }) => span.end)
  if (ends.includes(undefined)) return undefined
  const notBefore = ends.reduce<Date | undefined>(
    (latest, end) => (latest && end && latest > end ? latest : end),
    undefined,
  )
  const room = limits.flatMap((limit) => {
    const isNew = notBefore !== undefined && limit.span.end !== undefined && limit.span.end <= notBefore
    if (isNew && limit.maxCount === 0) return [0n]
    const most = isNew ? limit.maxAmount : amountLeft(limit)
    return most === undefined || most === null ? [] : [most]
  })
  const maxAmount = room.reduce(lesser, amount)
  if (maxAmount === 0n) return undefined
  return { maxAmount: String(maxAmount), ...(notBefore && { notBefore: notBefore.toISOString() }) }
}

/** What a person has to be asked about. */
function* holdReasons({ authority, payment }: Question): Iterable<Reason> {
  if (authority.authorityLevel === 'PROPOSE') yield { code: 'authority.proposeOnly' }
  if (authority.authorityLevel !== 'SUPERVISED') return
  const threshold = authority.approvalThreshold.find(({ asset }) => asset.toLowerCase() === payment.asset.toLowerCase())
  if (threshold && payment.amount > threshold.amount) {
    yield { code: 'authority.aboveApprovalThreshold', threshold: String(threshold.amount) }
  }
}

const holdsOf = (question: Question): Reason[] => [...holdReasons(question)]
