import type { AgentRow, TaskRow } from '@wedi/database'
import { coalesce } from '#platform/coalesce'
import type { Tx } from '#platform/database/database'
import { type Ending, ending, HELD } from './ends.ts'
import { idOf } from './lane.ts'
import { type AssignmentNeeds, SYSTEM } from './needs.ts'
import { missing, type Requirements, type Scope } from './rules.ts'
import { laneStore } from './store/lanes.ts'
import { reasonStore } from './store/reasons.ts'
import { seatStore } from './store/seats.ts'
import { taskStore } from './store/tasks.ts'

const PAGE = 200
const MAX_BATCH = 64
const MAX_WAITING = 10_000
/** Later than any job may be put off; it is looked at again then. */
const MAX_PAUSE_MS = 20 * 24 * 3_600_000

/** Keeps what is known of an agent's slots in step with the agent, and takes back what it may not go on with. */
export function seating(needs: AssignmentNeeds, wake: (organizationId: string) => void): void {
  const { database, events, jobs, agents, capabilities, health } = needs
  const end = ending(needs)

  /**
   * First what agents may hold from now on, then what they may not go on with is taken back: by then no round gives them
   * more of it. Answers for each in how many milliseconds its capability ends, if it does.
   */
  async function seatAll(organizationId: string, agentIds: readonly string[]): Promise<(number | undefined)[]> {
    const seated = await database.inOrganization(organizationId, (tx) =>
      putSeats(tx, [...new Set(agentIds)].toSorted()),
    )
    for (const { agent, authority } of seated) await takeBack(organizationId, agent, authority)
    wake(organizationId)
    const endsIn = new Map(seated.map(({ agent, endsInMs }) => [agent.id, endsInMs]))
    return agentIds.map((id) => endsIn.get(id))
  }

  async function putSeats(tx: Tx, agentIds: string[]): Promise<Seated[]> {
    laneStore.lockQueue(tx)
    const [found, authorities, standings] = await Promise.all([
      agents.readMany(tx, agentIds),
      capabilities.authoritiesOf(tx, agentIds),
      health.standings(tx, agentIds),
    ])
    const seated: Seated[] = []
    let isNewAbility = false
    for (const agent of found.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
      const authority = authorities.get(agent.id)
      const isValid = authority !== undefined && (authority.expiresAt === null || authority.expiresAt > tx.now)
      const { isOut = false, probing = false, recentFailures = 0 } = standings.get(agent.id) ?? {}
      const ability = authority && abilityOf(authority)
      if (ability && (await seatStore.addAbility(tx, ability.id, ability.scope))) isNewAbility = true
      const abilityId = ability?.id ?? null
      const before = await seatStore.put(tx, {
        ...{ agentId: agent.id, abilityId, runtime: agent.runtime, recentFailures },
        isOpen: agent.status === 'ACTIVE' && isValid && !isOut,
        maxInUse: probing ? 1 : agent.maxConcurrency,
        expiresAt: authority?.expiresAt ?? null,
      })
      if (before !== null && before !== abilityId) seatStore.dropAbility(tx, before)
      const endsInMs = isValid && authority.expiresAt ? authority.expiresAt.getTime() - tx.now.getTime() : undefined
      seated.push({ agent, authority: isValid ? authority : undefined, endsInMs })
    }
    reasonStore.forgetReasons(tx, agentIds)
    if (isNewAbility) seatStore.newRevision(tx)
    return seated
  }

  /** A task whose payment is asked for already goes on: the money decides over it. */
  async function takeBack(organizationId: string, agent: AgentRow, authority: Scope | undefined): Promise<void> {
    for (let after: string | undefined; ; ) {
      const held = await taskStore.heldBy(database, organizationId, agent.id, { after, limit: PAGE })
      const back = held.flatMap((task): Ending[] => {
        const why = whyNot(task, agent, authority)
        if (why === undefined || task.paymentId !== null) return []
        return [{ task, actor: SYSTEM, to: 'QUEUED', token: task.fencingToken, isUncounted: true, why }]
      })
      if (back.length > 0)
        await database.inOrganization(organizationId, (tx) => end(tx, back, { from: HELD, isUnpaid: true }))
      if (held.length < PAGE) return
      after = held.at(-1)?.id
    }
  }

  /** Of an organisation one batch at a time: each waits for the queue, and many would hold all connections meanwhile. */
  const seat = coalesce({ act: seatAll, maxBatch: MAX_BATCH, maxWaiting: MAX_WAITING })

  events.subscribe('agent.changed', 'assignment', async ({ organizationId, subject }) => {
    const endsInMs = await seat(organizationId, subject)
    if (endsInMs === undefined) return
    const inMs = Math.min(MAX_PAUSE_MS, endsInMs)
    await database.inOrganization(organizationId, (tx) => jobs.request(tx, EXPIRY, subject, { inMs }))
  })
  jobs.handle(EXPIRY, async ({ organizationId, subject }) => {
    const endsInMs = await seat(organizationId, subject)
    return endsInMs === undefined ? 'done' : { againInMs: Math.min(MAX_PAUSE_MS, endsInMs) }
  })
}

interface Seated {
  readonly agent: AgentRow
  /** As long as it is in force. */
  readonly authority: Scope | undefined
  readonly endsInMs: number | undefined
}

const EXPIRY = 'tasks.capabilityExpires'

function abilityOf({ taskTypes, providers, chains, assets, tags }: Scope): { id: string; scope: Scope } {
  const scope = { taskTypes, providers, chains, assets, tags }
  return { id: idOf(Object.fromEntries(Object.entries(scope).map(([name, list]) => [name, list.toSorted()]))), scope }
}

function whyNot(task: TaskRow, { status }: AgentRow, authority: Scope | undefined): string | undefined {
  if (status !== 'ACTIVE') return `its agent is ${status}`
  if (!authority) return 'its agent has no capability in force'
  const lacking = missing({ type: task.type, requires: task.requires as Requirements }, authority)
  return lacking === undefined ? undefined : `its agent ${lacking}`
}
