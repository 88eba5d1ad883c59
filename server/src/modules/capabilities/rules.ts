import type { AgentStatus, AuthorityLevel, OrganizationStatus, Verdict, WalletStatus } from '@wedi/database'
import type { Reason } from '#modules/decisions'
import { parseAccount } from '#platform/caip'
import { allowedInstead, exceededBy, type LimitUse } from './headroom.ts'

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
  const others = [...standing(question), ...scope(question)]
  const exceeded = exceededBy(question.limits, question.payment.amount)
  const allowed = others.length === 0 && exceeded.length > 0 ? allowedInstead(question) : undefined
  const denials = [...others, ...exceeded.map((reason) => (allowed ? { ...reason, allowed } : reason))]
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
