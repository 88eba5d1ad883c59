import type { AgentStatus } from '@wedi/database'
import { names } from '#modules/capabilities'

export interface Requirements {
  readonly provider?: string
  readonly chain?: string
  readonly asset?: string
  readonly tags?: readonly string[]
}

export interface WaitingTask {
  readonly id: string
  readonly type: string
  readonly requires: Requirements
  /** The agent it is pinned to. */
  readonly agentId: string | null
}

export interface Candidate {
  readonly agentId: string
  readonly status: AgentStatus
  readonly isHosted: boolean
  readonly maxConcurrency: number
  /** Tasks it holds now. */
  readonly inUse: number
  readonly capability: {
    readonly taskTypes: readonly string[]
    readonly providers: readonly string[]
    readonly chains: readonly string[]
    readonly assets: readonly string[]
    readonly tags: readonly string[]
    readonly expiresAt: Date | null
  }
}

export interface Placement {
  readonly assigned: { taskId: string; agentId: string }[]
  readonly waiting: { taskId: string; reason: string }[]
}

/**
 * Gives each task, in the order given, to a capable agent with a free slot: the one that is used least after it has taken
 * the task. Counts are exact here, so the least used is the right one. No slot is given twice.
 */
export function place(tasks: readonly WaitingTask[], candidates: readonly Candidate[], now: Date): Placement {
  const inUse = new Map(candidates.map(({ agentId, inUse }) => [agentId, inUse]))
  const load = ({ agentId, maxConcurrency }: Candidate) => ((inUse.get(agentId) ?? 0) + 1) / maxConcurrency
  const placement: Placement = { assigned: [], waiting: [] }
  for (const task of tasks) {
    const able = candidates.filter((candidate) => refusalOf(task, candidate, now) === undefined)
    const best = able
      .filter((candidate) => load(candidate) <= 1)
      .reduce<Candidate | undefined>((least, each) => (least && load(least) <= load(each) ? least : each), undefined)
    if (best) {
      inUse.set(best.agentId, (inUse.get(best.agentId) ?? 0) + 1)
      placement.assigned.push({ taskId: task.id, agentId: best.agentId })
    } else {
      placement.waiting.push({
        taskId: task.id,
        reason: able.length > 0 ? 'Every capable agent is busy.' : whyNobody(task, candidates, now),
      })
    }
  }
  return placement
}

/** Why an agent cannot take a task, whatever its load; undefined when it can. */
function refusalOf(task: WaitingTask, candidate: Candidate, now: Date): string | undefined {
  const { capability, status, isHosted } = candidate
  const { provider, chain, asset, tags = [] } = task.requires
  if (task.agentId !== null && task.agentId !== candidate.agentId) return 'is not the agent the task is pinned to'
  if (status !== 'ACTIVE') return `is ${status}`
  if (!isHosted) return 'runs elsewhere and has to claim it'
  if (capability.expiresAt !== null && capability.expiresAt <= now) return 'has an expired capability'
  if (!names(capability.taskTypes, task.type)) return `does not take tasks of type ${task.type}`
  if (provider !== undefined && !names(capability.providers, provider)) return `may not use ${provider}`
  if (chain !== undefined && !names(capability.chains, chain)) return `may not use ${chain}`
  if (asset !== undefined && !names(capability.assets, asset)) return `may not use ${asset}`
  const missing = tags.find((tag) => !capability.tags.includes(tag))
  return missing === undefined ? undefined : `lacks the tag ${missing}`
}

function whyNobody(task: WaitingTask, candidates: readonly Candidate[], now: Date): string {
  if (task.agentId === null) return 'No agent is able to take it.'
  const pinned = candidates.find(({ agentId }) => agentId === task.agentId)
  return pinned
    ? `The agent it is pinned to ${refusalOf(task, pinned, now)}.`
    : 'The agent it is pinned to is not there.'
}
