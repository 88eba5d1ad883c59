import type { AgentInstanceRow, AgentRow } from '@wedi/database'
import type { Static } from 'typebox'
import type { DecisionService } from '#modules/decisions'
import type { Caller } from '#platform/caller'
import type { Clock } from '#platform/clock'
import { coalesce } from '#platform/coalesce'
import type { Database, Tx } from '#platform/database/database'
import type { Events } from '#platform/events'
import { newId } from '#platform/ids'
import type { Logger } from '#platform/log'
import { Problem } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import {
  HEARTBEAT_MS,
  type Heartbeat,
  type HeartbeatBody,
  type InstanceBody,
  type InstanceQuery,
  MAX_INSTANCES,
  type Tolerance,
} from './instance-contract.ts'
import { type Beaten, type BeatSaid, instanceStore, type Standing } from './instance-store.ts'
import { sweeper } from './instance-sweep.ts'
import { agentProblems, instanceProblems } from './problems.ts'
import type { AgentService } from './service.ts'

/** Heartbeats of one organisation in one statement. */
const MAX_BATCH = 500
const MAX_WAITING = 10_000
/** As long as an uptime looks back, and a day. */
const KEPT_DAYS = 31

/** A heartbeat, for who keeps the leases of what the instance works on. */
export interface Beat extends BeatSaid {
  readonly tasks: readonly { readonly taskId: string; readonly fencingToken: string }[]
}
export type TaskNews = Static<typeof Heartbeat>['tasks']

export interface InstanceNeeds {
  readonly database: Database
  readonly decisions: Pick<DecisionService, 'record'>
  readonly events: Events
  readonly log: Logger
  readonly agents: Pick<AgentService, 'require' | 'requireInService'>
  /** How many heartbeats instances of this agent may miss. */
  readonly toleranceOf: (tx: Tx, agentId: string) => Promise<Tolerance>
  /** Extends the leases of what the instances work on; says for each beat, in their order, what became of its tasks. */
  readonly extendLeases: (organizationId: string, beats: readonly Beat[]) => Promise<readonly TaskNews[]>
  /** True while the instance has tasks in work. */
  readonly holdsTasks: (tx: Tx, instanceId: string) => Promise<boolean>
  /** They are not heard of any more, in the transaction that says so. */
  readonly lost: (tx: Tx, rows: readonly Changed[]) => void
  /** Instead of five seconds between two heartbeats. */
  readonly heartbeatMs?: number | undefined
  /** Instead of the database's clock: for who replays what was. */
  readonly clock?: Clock
}

export type InstanceService = ReturnType<typeof instanceService>

/** The running processes of agents. Only an agent's own credential speaks for them. */
export function instanceService(needs: InstanceNeeds) {
  const { database, decisions, events, agents, heartbeatMs = HEARTBEAT_MS } = needs
  const now = () => needs.clock?.() ?? null

  /** Each change of an instance's status is a record, and its agent's health is looked at again. */
  async function changed(tx: Tx, actor: string, act: string, row: Changed, inputs: Record<string, unknown> = {}) {
    const { id, agentId } = row
    await decisions.record(tx, actor, { type: `instance.${act}`, subject: `instance:${id}`, agentId, inputs })
    await events.publish(tx, 'instance.changed', agentId)
  }

  const sweep = sweeper({ ...needs, heartbeatMs, now, changed })

  /** What the fast statement did not take: an instance that changes its status by its beat, or may not beat. */
  async function beatSlowly(organizationId: string, said: BeatSaid): Promise<Beaten> {
    return database.inOrganization(organizationId, async (tx) => {
      const back = await instanceStore.revive(tx, said, now())
      if (back) {
        const row = { id: back.id, agentId: said.agentId }
        await changed(tx, `agent:${said.agentId}`, 'recovered', row, { was: back.was })
        return back
      }
      const row = await instanceStore.find(tx, said.instanceId, said.agentId)
      if (row?.status === 'HEALTHY') return { ...row, drain: row.isDraining } // somebody else's beat revived it just now
      throw new Problem(row ? instanceProblems.stopped : instanceProblems.notFound)
    })
  }

  /** A beat that is refused is its result: it must not fail the others of its batch. */
  async function beatAll(organizationId: string, beats: readonly Beat[]): Promise<readonly (Beaten | Problem)[]> {
    const taken = await instanceStore.beat(database, organizationId, beats, now())
    const quick = new Map(taken.map((row) => [`${row.agentId} ${row.id}`, row]))
    return Promise.all(
      beats.map(
        (each) =>
          quick.get(`${each.agentId} ${each.instanceId}`) ??
          beatSlowly(organizationId, each).catch((error: unknown) => {
            if (error instanceof Problem) return error
            throw error
          }),
      ),
    )
  }

  const beat = coalesce<Beat, Static<typeof Heartbeat> | Problem>({
    ...{ maxBatch: MAX_BATCH, maxWaiting: MAX_WAITING },
    async act(organizationId, beats) {
      const beaten = await beatAll(organizationId, beats)
      const alive = beats.filter((_, at) => !(beaten[at] instanceof Problem))
      const news = (await needs.extendLeases(organizationId, alive)).values()
      return beaten.map((row) => {
        if (row instanceof Problem) return row
        const tasks = news.next().value ?? []
        return { status: row.status, drain: row.drain, nextHeartbeatMs: row.heartbeatMs, tasks }
      })
    },
  })

  const standing = coalesce<Omit<BeatSaid, 'inUse'>, Standing>({
    ...{ maxBatch: MAX_BATCH, maxWaiting: MAX_WAITING },
    act: (organizationId, asked) => instanceStore.standings(database, organizationId, asked),
  })

  return {
    async register(tx: Tx, caller: Caller, agentId: string, input: Static<typeof InstanceBody>) {
      if (caller.agentId !== agentId) throw new Problem(agentProblems.notFound)
      const agent: AgentRow = await agents.requireInService(tx, agentId)
      const tolerance = await needs.toleranceOf(tx, agent.id)
      const { version = null, labels = [], maxConcurrency = null } = input
      const row = await instanceStore.insert(
        tx,
        { id: newId(), agentId: agent.id, version, labels, maxConcurrency, heartbeatMs, ...tolerance },
        now(),
        MAX_INSTANCES,
      )
      if (!row) throw new Problem(instanceProblems.tooMany)
      await changed(tx, caller.actor, 'started', row, { version, labels, maxConcurrency })
      return toWire(row)
    },

    /** Cheap: those of one organisation that come together are one statement, and none leaves a record. */
    async heartbeat({ organizationId, agentId }: Caller, instanceId: string, input: Static<typeof HeartbeatBody>) {
      if (agentId === undefined) throw new Problem(instanceProblems.notFound)
      const { load, tasks = [] } = input
      const answer = await beat(organizationId, {
        ...{ instanceId: instanceId.toLowerCase(), agentId, inUse: load?.inUse ?? null },
        tasks: tasks.map((each) => ({ ...each, taskId: each.taskId.toLowerCase() })),
      })
      if (answer instanceof Problem) throw answer
      return answer
    },

    /** With tasks in its hands it drains: it gets no more, and is asked to stop again when it has finished them. */
    async stop(tx: Tx, caller: Caller, instanceId: string) {
      const held = caller.agentId === undefined ? undefined : await instanceStore.hold(tx, instanceId, caller.agentId)
      if (!held) throw new Problem(instanceProblems.notFound)
      if (held.status !== 'STOPPED' && (await needs.holdsTasks(tx, held.id))) {
        const draining = await instanceStore.drain(tx, held.id)
        if (draining) await changed(tx, caller.actor, 'draining', draining)
        return toWire(draining ?? held)
      }
      const stopped = await instanceStore.stop(tx, held.id, now())
      if (stopped) await changed(tx, caller.actor, 'stopped', stopped)
      return toWire(stopped ?? held)
    },

    async list(caller: Caller, agentId: string, page: PageRequest, query: Static<typeof InstanceQuery>) {
      if (caller.agentId !== undefined && caller.agentId !== agentId) throw new Problem(agentProblems.notFound)
      const { organizationId, id } = await agents.require(caller, agentId)
      return pageFrom(toWire(await instanceStore.ofAgent(database, organizationId, id, page, query)), page)
    },

    /** An agent's process as it is; those who ask together are one statement. */
    standing,

    /** Of these, the ones that may be given work: none of them stops or drains before the transaction ends. */
    openOf: async (tx: Tx, ids: readonly string[]): Promise<Set<string>> =>
      new Set((await instanceStore.holdOpen(tx, ids)).map(({ id }) => id)),

    /** For health: how many of an agent's instances are there, and when they were. */
    liveness: instanceStore.liveness,
    presence: (organizationId: string, agentId: string) =>
      instanceStore.presence(database, organizationId, agentId, now()),
    tolerate: instanceStore.tolerate,

    /** Looks for those that are not heard of, over all organisations. */
    sweep,
    forgetPast: () => instanceStore.forget(database, KEPT_DAYS),
  }
}

export type Changed = Pick<AgentInstanceRow, 'id' | 'agentId'>
