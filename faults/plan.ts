import type { EngineFailure, EngineRoute, Misbehaviour } from '../server/test/support/fake-engine.ts'
import { type Random, seeded } from './random.ts'
import { RPC_FAULT_NAMES, type RpcFaultName } from './rpc-faults.ts'

export type WalletMode = 'local' | 'engine signer' | 'engine queue'

/** One thing that is done to the world, and how long after the one before it. */
export type Step = { readonly afterMs: number } & (
  | { readonly what: 'kill servers'; readonly numbers: readonly number[]; readonly downMs: number }
  | { readonly what: 'kill database' }
  | { readonly what: 'cut database'; readonly downMs: number }
  | { readonly what: 'kill chain' }
  | { readonly what: 'reorganise'; readonly depth: number; readonly isForgetting: boolean }
  | { readonly what: 'stall chain'; readonly downMs: number }
  | { readonly what: 'stop engine'; readonly downMs: number }
  | { readonly what: 'spoil engine'; readonly route: EngineRoute; readonly how: EngineFailure; readonly times: number }
  | { readonly what: 'engine misbehaves'; readonly how: Misbehaviour; readonly forMs: number }
)

export interface AgentPlan {
  readonly authorityLevel: 'AUTONOMOUS' | 'SUPERVISED' | 'PROPOSE'
  /** Of the token's smallest unit, a day. */
  readonly dayCap: number
  readonly hourCount: number
  readonly payeeCap: number
}

/** Everything that is chosen for a seed, before anything runs. */
export interface Plan {
  readonly seed: string
  readonly mode: WalletMode
  readonly servers: number
  readonly actors: number
  readonly agents: readonly AgentPlan[]
  readonly organizationDayCap: number
  readonly weather: { readonly percent: number; readonly faults: readonly RpcFaultName[] }
  /** How a queue tells what it does: always of every payment. */
  readonly webhooks: readonly Misbehaviour[]
  /** What a queue pays without being told: Wedi cannot keep it from that, and must see it. */
  readonly theft?: Misbehaviour
  readonly steps: readonly Step[]
}

export interface PlanOptions {
  /** How many times something is killed. */
  readonly kills: number
  readonly mode?: WalletMode
}

const MODES: readonly WalletMode[] = ['local', 'local', 'engine signer', 'engine queue']

export function planOf(seed: string, { kills, mode }: PlanOptions): Plan {
  const random = seeded(`plan/${seed}`)
  const chosen = mode ?? random.pick(MODES)
  const servers = random.pick([1, 2, 2, 3])
  const theft = chosen === 'engine queue' && random.chance(0.2) ? random.pick(THEFTS) : undefined
  return {
    ...{ seed, mode: chosen, servers },
    // A queue pays one after the other from each wallet: more clients would only make it longer.
    actors: chosen === 'engine queue' ? random.between(2, 3) : random.between(3, 5),
    agents: Array.from({ length: random.between(2, 4) }, () => agentOf(random)),
    organizationDayCap: random.between(40, 160) * 1000,
    weather: { percent: random.pick([2, 5, 10]), faults: random.some(RPC_FAULT_NAMES, 0.6) },
    webhooks: chosen === 'engine queue' ? random.some(WEBHOOK_FLAWS, 0.5) : [],
    ...(theft && { theft }),
    steps: stepsOf(random, { kills, servers, mode: chosen }),
  }
}

const WEBHOOK_FLAWS: readonly Misbehaviour[] = ['duplicatesWebhooks', 'reordersWebhooks']
const THEFTS: readonly Misbehaviour[] = ['paysTwice', 'paysAgainAfterRestart', 'forgets']

const agentOf = (random: Random): AgentPlan => ({
  authorityLevel: random.pick(['AUTONOMOUS', 'AUTONOMOUS', 'SUPERVISED', 'PROPOSE']),
  dayCap: random.between(10, 60) * 1000,
  hourCount: random.between(10, 60),
  payeeCap: random.between(5, 30) * 1000,
})

interface Setting {
  readonly kills: number
  readonly servers: number
  readonly mode: WalletMode
}

/** Kills, each with other trouble around it. */
function stepsOf(random: Random, setting: Setting): Step[] {
  return Array.from({ length: setting.kills }, () => {
    const trouble = random.some(troubles(random, setting), 0.15)
    return [...trouble, killOf(random, setting)]
  }).flat()
}

function killOf(random: Random, { servers }: Setting): Step {
  const afterMs = random.between(0, 500)
  const what = random.next()
  if (what < 0.12) return { afterMs, what: 'kill database' }
  if (what < 0.22) return { afterMs, what: 'kill chain' }
  const numbers = Array.from({ length: servers }, (_, number) => number)
  const some = random.some(numbers, 0.5)
  return {
    ...{ afterMs, what: 'kill servers', downMs: random.between(0, 300) },
    numbers: some.length > 0 ? some : [random.pick(numbers)],
  }
}

function troubles(random: Random, { mode }: Setting): Step[] {
  const afterMs = random.between(0, 400)
  // A queue of a provider sends once: a pool that forgets what it sent leaves it unsent for ever, which is its own trouble.
  const isForgetting = mode !== 'engine queue' && random.chance(0.5)
  const ofChain: Step[] = [
    { afterMs, what: 'reorganise', depth: random.between(1, 2), isForgetting },
    { afterMs, what: 'stall chain', downMs: random.between(200, 1000) },
    { afterMs, what: 'cut database', downMs: random.between(50, 800) },
  ]
  if (mode === 'local') return ofChain
  const [route, hows] = mode === 'engine signer' ? (['sign-transaction', SIGNER_FLAWS] as const) : queueFlaw(random)
  return [
    ...ofChain,
    { afterMs, what: 'spoil engine', route, how: random.pick(hows), times: random.between(1, 4) },
    { afterMs, what: 'spoil engine', route, how: random.pick(hows), times: random.between(1, 4) },
    { afterMs, what: 'stop engine', downMs: random.between(100, 1000) },
    ...(mode === 'engine queue' ? [misbehaviour(random, afterMs)] : []),
  ]
}

/** What a queue may do without paying more than it was told. */
const QUEUE_HABITS: readonly Misbehaviour[] = [
  'sendsZero',
  'erroredThoughPaid',
  'sentAfterCancel',
  'paysAfterCancelled',
]

const misbehaviour = (random: Random, afterMs: number): Step => ({
  ...{ afterMs, what: 'engine misbehaves', how: random.pick(QUEUE_HABITS), forMs: random.between(100, 800) },
})

const SIGNER_FLAWS: readonly EngineFailure[] = [
  ...([
    'lose-reply-after-effect',
    'status-500-after-effect',
    'status-500',
    'status-503',
    'garbage',
    'refuse-400',
  ] as const),
  ...(['zero-value', 'unauthorized'] as const),
]
const QUEUE_FLAWS: readonly EngineFailure[] = [
  ...([
    'lose-reply-after-effect',
    'status-500-after-effect',
    'status-500',
    'status-503',
    'garbage',
    'refuse-400',
  ] as const),
  ...(['errored-though-paid', 'zero-value', 'never-broadcast'] as const),
]
const STATUS_FLAWS: readonly EngineFailure[] = ['status-500', 'garbage', 'refuse-400', 'lose-reply-after-effect']

const queueFlaw = (random: Random) =>
  random.chance(0.7) ? (['send-transaction', QUEUE_FLAWS] as const) : (['status', STATUS_FLAWS] as const)
