import type { AgentRow, TaskRow } from '@wedi/database'
import type { Authority } from '#modules/capabilities'
import type { Tx } from '#platform/database/database'
import { type Ending, ending, HELD } from './ends.ts'
import { idOf } from './lane.ts'
import { type AssignmentNeeds, SYSTEM } from './needs.ts'
import { missing, type Requirements, type Scope } from './rules.ts'
import { laneStore } from './store/lanes.ts'
import { seatStore } from './store/seats.ts'
import { taskStore } from './store/tasks.ts'

const PAGE = 200
/** Later than any job may be put off; it is looked at again then. */
const MAX_PAUSE_MS = 20 * 24 * 3_600_000

/** Keeps what is known of an agent's slots in step with the agent, and takes back what it may not go on with. */
export function seating(needs: AssignmentNeeds, wake: (organizationId: string) => void): void {
  const { database, events, jobs, agents, capabilities, health } = needs
  const end = ending(needs)

  /** Answers when its capability ends, if it does. */
  async function seat(tx: Tx, agentId: string): Promise<number | undefined> {
    laneStore.lockQueue(tx)
    const [found, authorities, standings] = await Promise.all([
      agents.readMany(tx, [agentId]),
      capabilities.authoritiesOf(tx, [agentId]),
      health.standings(tx, [agentId]),
    ])
    const agent = found[0]
    if (!agent) return undefined
    const authority = authorities.get(agentId)
    const isValid = authority !== undefined && (authority.expiresAt === null || authority.expiresAt > tx.now)
    const { isOut = false, probing = false, recentFailures = 0 } = standings.get(agentId) ?? {}
    const abilityId = authority ? await abilityOf(tx, authority) : null
    const before = await seatStore.put(tx, {
      ...{ agentId, abilityId, runtime: agent.runtime, recentFailures },
      isOpen: agent.status === 'ACTIVE' && isValid && !isOut,
      maxInUse: probing ? 1 : agent.maxConcurrency,
      expiresAt: authority?.expiresAt ?? null,
    })
    if (before !== null && before !== abilityId) seatStore.dropAbility(tx, before)
    laneStore.forgetReasons(tx, agentId)
    await takeBack(tx, agent, isValid ? authority : undefined)
    if (!isValid || authority.expiresAt === null) return undefined
    return Math.min(MAX_PAUSE_MS, authority.expiresAt.getTime() - tx.now.getTime())
  }

  async function abilityOf(tx: Tx, { taskTypes, providers, chains, assets, tags }: Scope): Promise<string> {
    const scope = { taskTypes, providers, chains, assets, tags }
    const id = idOf(Object.fromEntries(Object.entries(scope).map(([name, list]) => [name, list.toSorted()])))
    if (await seatStore.addAbility(tx, id, scope)) seatStore.newRevision(tx)
    return id
  }

  /** A task whose payment is asked for already goes on: the money decides over it. */
  async function takeBack(tx: Tx, agent: AgentRow, authority: (Authority & Scope) | undefined): Promise<void> {
    for (let after: string | undefined; ; ) {
      const held = await taskStore.heldBy(tx, agent.id, { after, limit: PAGE })
      const back = held.flatMap((task): Ending[] => {
        const why = whyNot(task, agent, authority)
        if (why === undefined || task.paymentId !== null) return []
        return [{ task, actor: SYSTEM, to: 'QUEUED', token: task.fencingToken, isUncounted: true, why }]
      })
      await end(tx, back, { from: HELD, isUnpaid: true })
      if (held.length < PAGE) return
      after = held.at(-1)?.id
    }
  }

  events.subscribe('agent.changed', 'assignment', async ({ organizationId, subject }) => {
    await database.inOrganization(organizationId, async (tx) => {
      const inMs = await seat(tx, subject)
      if (inMs !== undefined) await jobs.request(tx, EXPIRY, subject, { inMs })
    })
    wake(organizationId)
  })
  jobs.handle(EXPIRY, async ({ organizationId, subject }) => {
    const againInMs = await database.inOrganization(organizationId, (tx) => seat(tx, subject))
    wake(organizationId)
    return againInMs === undefined ? 'done' : { againInMs }
  })
}

const EXPIRY = 'tasks.capabilityExpires'

function whyNot(task: TaskRow, { status }: AgentRow, authority: Scope | undefined): string | undefined {
  if (status !== 'ACTIVE') return `its agent is ${status}`
  if (!authority) return 'its agent has no capability in force'
  const lacking = missing({ type: task.type, requires: task.requires as Requirements }, authority)
  return lacking === undefined ? undefined : `its agent ${lacking}`
}
