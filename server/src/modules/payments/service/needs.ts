import type { AgentRow, OrganizationRow, PaymentRow, WalletRow } from '@wedi/database'
import type { AgentService } from '#modules/agents'
import { type Answer, type CapabilityService, type Question, recordOf, verdict } from '#modules/capabilities'
import type { Authorization, ChainService } from '#modules/chains'
import type { DecisionService } from '#modules/decisions'
import type { OrganizationService } from '#modules/organizations'
import type { WalletService } from '#modules/wallets'
import type { Clock } from '#platform/clock'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import type { JobResult, Jobs } from '#platform/jobs'
import { isOnlyFrozen } from '../rules.ts'

export const SYSTEM = 'system:payments'

export interface PaymentNeeds {
  database: Database
  clock: Clock
  jobs: Jobs
  events: Events
  decisions: Pick<DecisionService, 'record'>
  organizations: Pick<OrganizationService, 'lockShared'>
  agents: Pick<AgentService, 'lockShared' | 'lockForChange'>
  capabilities: Pick<CapabilityService, 'authorityOf' | 'limits'>
  chains: ChainService
  wallets: Pick<
    WalletService,
    'find' | 'lockPaying' | 'lockShared' | 'lockAlone' | 'takeNonce' | 'adoptNonce' | 'sign' | 'providerOf'
  >
  /** Whether this agent is working on this task just now, which is held from here on; undefined when there is none. */
  isWorkingOn: (tx: Tx, agentId: string, taskId: string) => Promise<boolean | undefined>
  /** The task waits for this payment from now on. */
  attach: (tx: Tx, taskId: string, payment: PaymentRow) => Promise<void>
  /**
   * Somebody else signs for an account of ours: freezes its agent and makes it known. Called before the agent is locked,
   * with the organisation held; afterwards the agent is.
   */
  foreignNonce: (tx: Tx, found: ForeignNonce) => Promise<void>
}

/** A nonce of a wallet that was used, and not by us. */
export interface ForeignNonce {
  readonly agentId: string
  readonly walletId: string
  readonly chain: string
  /** The first one that is not ours. */
  readonly nonce: string
  /** Whose nonce it was, when one of our payments had it. */
  readonly paymentId?: string
  /** The transaction that used it, when it was found. */
  readonly transactionHash?: string
}

/** What the next step of a payment is, once this one is committed. */
export type Step = JobResult | 'look'

export interface Wait {
  readonly againInMs: number
}
export const AGAIN: Wait = { againInMs: 0 }
/** For what is woken when it can go on; the timer is only for a wake that was lost. */
export const PARKED: Wait = { againInMs: 600_000 }

export interface Standing {
  organization: OrganizationRow
  agent: AgentRow
  wallet: WalletRow | undefined
}

/**
 * Everyone whose state decides over a payment, held as they are until the transaction ends. Always in this order
 * (organisation, agent, wallet, then payment, counters, log), so that no two transactions wait for each other.
 */
export async function holdStill(
  tx: Tx,
  { organizations, agents, wallets }: Pick<PaymentNeeds, 'organizations' | 'agents' | 'wallets'>,
  about: { agentId: string; walletId?: string; alone?: boolean },
): Promise<Standing> {
  const theWallet = () => {
    if (about.walletId === undefined) return wallets.lockPaying(tx, about.agentId)
    return about.alone ? wallets.lockAlone(tx, about.walletId) : wallets.lockShared(tx, about.walletId)
  }
  // Asked in one go: on one connection the first is locked before the second is looked at.
  const held = [organizations.lockShared(tx), agents.lockShared(tx, about.agentId), theWallet()] as const
  const [organization, agent, wallet] = await Promise.all(held)
  return { organization, agent, wallet }
}

/** May it (still) be paid? Authority, limits, payee, wallet and every freeze as they are now, its own included. */
export function reevaluate(
  tx: Tx,
  needs: Pick<PaymentNeeds, 'capabilities'>,
  payment: PaymentRow,
  standing: Standing,
): Promise<Answer & { question?: ReturnType<typeof recordOf> }> {
  return payment.authorization === null
    ? judgeAgain(tx, needs, payment, standing)
    : Promise.resolve(mayCarry(standing, { ...payment, now: tx.now }))
}

/** The same of a payment out of the agent's own money. */
export async function judgeAgain(
  tx: Tx,
  { capabilities }: Pick<PaymentNeeds, 'capabilities'>,
  payment: PaymentRow,
  { organization, agent, wallet }: Standing,
): Promise<Answer & { question: ReturnType<typeof recordOf> }> {
  const [authority, limits] = await Promise.all([
    capabilities.authorityOf(tx, agent.id),
    capabilities.limits.usesBeside(tx, payment),
  ])
  const asked = { now: tx.now, wallet, authority, limits, payment, stage: 'execution' as const }
  const question: Question = { organization: organization.status, agent: agent.status, ...asked }
  const answer = { ...verdict(question), question: recordOf(question) }
  const others = answer.verdict === 'DENY' ? answer.reasons : []
  // What ends it ends it, frozen or not, and is recorded as the rules alone have said it.
  if (payment.frozenAt === null || !isOnlyFrozen(others)) return answer
  return { ...answer, verdict: 'DENY', reasons: [...others, { code: 'payment.frozen', status: 'FROZEN' }] }
}

/** What is mined too late reverts, and its gas is gone. */
const MIN_LEFT_MS = 30_000
const isExpiring = ({ validBefore }: Authorization, now: Date): boolean =>
  BigInt(validBefore) * 1000n < BigInt(now.getTime() + MIN_LEFT_MS)

/**
 * May a wallet carry somebody else's permission to the chain? It spends nothing of its own but gas, so no limit speaks of
 * it; but nobody signs who is frozen or gone.
 */
export function mayCarry(
  { organization, agent, wallet }: Standing,
  { frozenAt, authorization, now }: Pick<PaymentRow, 'frozenAt' | 'authorization'> & { now: Date },
): Answer {
  const reasons = [
    ...(organization.status === 'ACTIVE' ? [] : [{ code: 'organization.frozen' }]),
    ...(agent.status === 'ACTIVE' || agent.status === 'PAUSED'
      ? []
      : [{ code: 'agent.notActive', status: agent.status }]),
    ...(wallet ? [] : [{ code: 'wallet.none' }]),
    ...(!wallet || wallet.status === 'ACTIVE' ? [] : [{ code: 'wallet.notActive', status: wallet.status }]),
    ...(authorization !== null && isExpiring(authorization as Authorization, now)
      ? [{ code: 'authorization.expiring' }]
      : []),
    ...(frozenAt === null ? [] : [{ code: 'payment.frozen', status: 'FROZEN' }]),
  ]
  return reasons.length > 0 ? { verdict: 'DENY', reasons } : { verdict: 'ALLOW', reasons }
}

export const isFrozen = ({ organization, agent, wallet }: Standing, payment: Pick<PaymentRow, 'frozenAt'>): boolean =>
  [organization.status, agent.status, wallet?.status].includes('FROZEN') || payment.frozenAt !== null

/** What every record about a payment names. */
export const about = (payment: Pick<PaymentRow, 'id' | 'agentId' | 'walletId' | 'taskId' | 'approvalId'>) => ({
  subject: `payment:${payment.id}`,
  paymentId: payment.id,
  agentId: payment.agentId,
  walletId: payment.walletId,
  taskId: payment.taskId,
  approvalId: payment.approvalId,
})
