import { type Random, seeded } from '../random.ts'

/** Who works in a seed. */
export interface WorkerPlan {
  readonly name: string
  readonly maxConcurrency: number
  readonly types: readonly string[]
  readonly tags: readonly string[]
  /** Each is a process of its own with an instance of its own. */
  readonly processes: number
  readonly leaseSeconds: number
  /** Long polls that one process holds at the same time. */
  readonly polls: number
  /** What it gives up of its polls, in percent: it does not hear the answer. */
  readonly hangsUpPercent: number
  /** Never killed, stopped or changed: there is always somebody who can take a task. */
  readonly isAnchor: boolean
  /** Paused, frozen, changed by people. Of the others no task may be taken before its lease ends. */
  readonly isShaken: boolean
}

export interface KeyCap {
  readonly key: string
  readonly weight: number
  readonly maxRunning: number
}

export type AgentStep = { readonly afterMs: number } & (
  | { readonly what: 'kill agent'; readonly at: number; readonly downMs: number }
  | { readonly what: 'kill every agent but one'; readonly downMs: number }
  | { readonly what: 'stop agent for a while'; readonly at: number; readonly forMs: number }
  | { readonly what: 'end agent politely'; readonly at: number }
)
export type ServerStep = { readonly afterMs: number } & (
  | { readonly what: 'kill servers'; readonly numbers: readonly number[]; readonly downMs: number }
  | { readonly what: 'kill database' }
  | { readonly what: 'cut database'; readonly downMs: number }
)
export type PeopleStep = { readonly afterMs: number } & (AgentOrder | TasksOrder)
export type AgentOrder =
  | { readonly what: 'pause agent' | 'freeze agent' | 'narrow capability'; readonly at: number; readonly forMs: number }
  | { readonly what: 'retire agent'; readonly at: number }
export interface TasksOrder {
  readonly what: 'cancel tasks' | 'requeue tasks'
  readonly count: number
}

export interface TaskPlan {
  readonly seed: string
  /** How much the clock of each server process is wrong. */
  readonly skewsMs: readonly number[]
  readonly workers: readonly WorkerPlan[]
  /** Agents that Wedi runs itself. */
  readonly hosted: number
  readonly caps: readonly KeyCap[]
  readonly submitters: number
  readonly agentSteps: readonly AgentStep[]
  readonly serverSteps: readonly ServerStep[]
  readonly peopleSteps: readonly PeopleStep[]
}

export interface TaskPlanOptions {
  /** How many times something is killed. */
  readonly kills: number
  /** Tasks that kill whoever takes them: each costs as many leases as it has attempts. */
  readonly hasPoison: boolean
}

export const TYPES = ['work.cut', 'work.sew', 'work.dye'] as const
export const NOBODYS_TYPE = 'work.nobody'
export const RARE_TAG = 'silk'
const SKEWS_MS = [-90_000, -20_000, 20_000, 90_000]

export function taskPlanOf(seed: string, { kills }: Pick<TaskPlanOptions, 'kills'>): TaskPlan {
  const random = seeded(`tasks/plan/${seed}`)
  const servers = random.pick([2, 2, 3])
  const workers = workersOf(random)
  const serverKills = Math.max(1, Math.round(kills / 5))
  const prey = workers.reduce((sum, { isAnchor, processes }) => sum + (isAnchor ? 0 : processes), 0)
  return {
    ...{ seed, workers, hosted: random.between(1, 2), submitters: random.between(3, 4) },
    skewsMs: Array.from({ length: servers }, (_, at) => (at === 0 ? 0 : random.pick(SKEWS_MS))),
    caps: [
      { key: 'narrow', weight: 1, maxRunning: 1 },
      { key: 'small', weight: 2, maxRunning: 3 },
    ],
    agentSteps: agentSteps(random, kills - serverKills, prey),
    serverSteps: Array.from({ length: serverKills }, () => serverSteps(random, servers)).flat(),
    peopleSteps: Array.from({ length: Math.ceil(kills / 3) }, () => peopleStep(random)),
  }
}

function workersOf(random: Random): WorkerPlan[] {
  const anchor: WorkerPlan = {
    ...{ name: 'anchor', maxConcurrency: 200, types: TYPES, tags: [RARE_TAG], processes: 1, leaseSeconds: 15 },
    ...{ polls: 2, hangsUpPercent: 0, isAnchor: true, isShaken: false },
  }
  const others = Array.from({ length: random.between(4, 6) }, (_, at): WorkerPlan => {
    const isAll = random.chance(0.5)
    return {
      ...{ name: `worker ${at}`, maxConcurrency: random.between(2, 8), isAnchor: false, isShaken: at % 2 === 1 },
      types: isAll ? TYPES : random.some(TYPES, 0.7),
      ...{ tags: random.chance(0.3) ? [RARE_TAG] : [], processes: random.between(1, 2), leaseSeconds: 15 },
      ...{ polls: at === 0 ? 12 : random.between(1, 2), hangsUpPercent: random.pick([0, 0, 10]) },
    }
  })
  return [anchor, ...others]
}

function agentSteps(random: Random, kills: number, prey: number): AgentStep[] {
  const at = () => random.between(0, prey - 1)
  return Array.from({ length: kills }, (): AgentStep[] => {
    const afterMs = random.between(50, 900)
    const trouble: AgentStep[] = random.chance(0.12)
      ? [{ afterMs, what: 'stop agent for a while', at: at(), forMs: random.between(500, 22_000) }]
      : random.chance(0.1)
        ? [{ afterMs, what: 'end agent politely', at: at() }]
        : []
    const kill: AgentStep = random.chance(0.04)
      ? { afterMs, what: 'kill every agent but one', downMs: random.between(0, 3000) }
      : { afterMs, what: 'kill agent', at: at(), downMs: random.between(0, 1500) }
    return [...trouble, kill]
  }).flat()
}

function serverSteps(random: Random, servers: number): ServerStep[] {
  const afterMs = random.between(500, 2500)
  const cut: ServerStep[] = random.chance(0.15)
    ? [{ afterMs, what: 'cut database', downMs: random.between(50, 1500) }]
    : []
  if (random.chance(0.2)) return [...cut, { afterMs, what: 'kill database' }]
  const all = Array.from({ length: servers }, (_, number) => number)
  const numbers = random.chance(0.15) ? all : [random.pick(all)]
  return [...cut, { afterMs, what: 'kill servers', numbers, downMs: random.between(0, 500) }]
}

function peopleStep(random: Random): PeopleStep {
  const afterMs = random.between(300, 2500)
  const at = random.between(0, 99)
  const what = random.next()
  if (what < 0.2) return { afterMs, what: 'pause agent', at, forMs: random.between(300, 3000) }
  if (what < 0.35) return { afterMs, what: 'freeze agent', at, forMs: random.between(300, 3000) }
  if (what < 0.5) return { afterMs, what: 'narrow capability', at, forMs: random.between(300, 3000) }
  if (what < 0.53) return { afterMs, what: 'retire agent', at }
  return { afterMs, what: what < 0.75 ? 'cancel tasks' : 'requeue tasks', count: random.between(1, 4) }
}
