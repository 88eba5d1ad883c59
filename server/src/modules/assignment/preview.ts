import { type Authority, type LimitUse, type Question, verdict } from '#modules/capabilities'
import { parseAsset, parsePayee } from '#platform/caip'
import type { Tx } from '#platform/database/database'
import type { AssignmentNeeds } from './needs.ts'
import { type Fate, HOPELESS, type Lane, type Seat, WELCOME } from './rules.ts'
import { payingStore } from './store/paying.ts'

/** Passes by itself or by somebody's hand: the task waits for it. What else stands in the way has to be recorded. */
export const PASSING: ReadonlySet<string> = new Set([
  'organization.frozen',
  'agent.notActive',
  'wallet.none',
  'wallet.notActive',
])
const SHORT_OF_GAS: Fate = 1
const SHORT_OF_MONEY: Fate = 2

interface Asked {
  readonly payee: string
  readonly amount: bigint
  readonly asset: string
  readonly chain: string
}

/** A payment task as it was submitted; undefined for what no rule can say anything about. */
function askedBy(payload: unknown): Asked | undefined {
  const { payee, amount, asset } = payload as Record<string, unknown>
  const known = typeof asset === 'string' ? parseAsset(asset) : undefined
  if (!known || typeof payee !== 'string' || typeof amount !== 'string' || !/^\d{1,78}$/.test(amount)) return undefined
  const address = parsePayee(payee, known, '')
  return typeof address === 'string'
    ? { payee: address, amount: BigInt(amount), asset: known.id, chain: known.chain }
    : undefined
}

interface Use extends LimitUse {
  reserved: bigint
  reservedCount: number
}

/**
 * What the rules would say if these agents asked for these payments now, made with the very function that decides. What
 * is placed counts at once, and so does what was given to an agent before and is not asked for yet.
 */
export async function previewOf(
  tx: Tx,
  needs: Pick<AssignmentNeeds, 'organizations' | 'agents' | 'capabilities' | 'wallets' | 'reconciliation'>,
  payments: ReadonlyMap<string, unknown>,
  agentIds: string[],
) {
  const asked = new Map([...payments].map(([id, payload]) => [id, askedBy(payload)]))
  const known = [...asked.values()].filter((each) => each !== undefined)
  const about = { agentIds, assets: distinct(known.map(({ asset }) => asset)), payees: distinct(known.map(lower)) }
  const [organization, agents, authorities, wallets, uses, pending] = await Promise.all([
    needs.organizations.read(tx),
    needs.agents.readMany(tx, agentIds),
    needs.capabilities.authoritiesOf(tx, agentIds),
    needs.wallets.payingOf(tx, agentIds),
    needs.capabilities.limits.usesOfMany(tx, about),
    payingStore.pendingPayments(tx, agentIds),
  ])
  const balances = await needs.reconciliation.balancesSeen(
    tx,
    [...wallets.values()].map(({ id }) => id),
  )
  const statuses = new Map(agents.map(({ id, status }) => [id, status]))
  const usesOf = (agentId: string, { asset, payee }: Asked) => uses(agentId, asset, payee) as Use[]
  const take = (agentId: string, payment: Asked): void => {
    for (const use of usesOf(agentId, payment)) {
      use.reserved += payment.amount
      use.reservedCount++
    }
  }
  for (const { agentId, payload } of pending) {
    const payment = askedBy(payload)
    if (payment) take(agentId, payment)
  }

  function answer(agentId: string, payment: Asked) {
    const authority = authorities.get(agentId) as Authority | undefined
    const agent = statuses.get(agentId)
    if (!authority || !agent) return undefined
    const limits = usesOf(agentId, payment)
    const question: Question = {
      ...{
        now: tx.now,
        organization: organization.status,
        agent,
        wallet: wallets.get(agentId),
        authority,
        limits,
        payment,
      },
      stage: 'request',
    }
    return verdict(question)
  }

  return {
    /** Whether this agent would be denied, and whether it is known to be short of money. */
    fate(taskId: string, agentId: string): Fate | undefined {
      const payment = asked.get(taskId)
      if (!payment) return WELCOME
      const said = answer(agentId, payment)
      if (!said || (said.verdict === 'DENY' && said.reasons.some(({ code }) => PASSING.has(code)))) return undefined
      if (said.verdict === 'DENY') return HOPELESS
      const seen = balances.get(`${wallets.get(agentId)?.id} ${payment.chain}`)
      const held = seen?.[payment.asset]
      if (held !== undefined && BigInt(held) < payment.amount) return SHORT_OF_MONEY
      return seen?.[`${payment.chain}/slip44:60`] === '0' ? SHORT_OF_GAS : WELCOME
    },
    /** Denied for good: nothing that passes stands in the way. */
    isDenied(taskId: string, agentId: string): boolean {
      return this.fate(taskId, agentId) === HOPELESS
    },
    placed(taskId: string, agentId: string): void {
      const payment = asked.get(taskId)
      if (payment) take(agentId, payment)
    },
    /** What keeps an agent from it just now, by the rules' names. */
    obstacles(taskId: string, agentId: string): string[] {
      const payment = asked.get(taskId)
      const said = payment && answer(agentId, payment)
      return said?.verdict === 'DENY' ? said.reasons.map(({ code }) => code) : []
    },
  }
}

export type Preview = Awaited<ReturnType<typeof previewOf>>

/** A lane's fate is its head's: only payments are judged. */
export const fateBy =
  (preview: Preview) =>
  (_lane: Lane, { id }: { id: string }, { agentId }: Seat) =>
    preview.fate(id, agentId)

const distinct = (list: readonly string[]): string[] => [...new Set(list)]
const lower = ({ payee }: Asked): string => payee.toLowerCase()
