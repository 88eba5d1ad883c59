import type pg from 'pg'
import { poolAt } from '../limit-contenders.ts'
import { wediApp } from '../wedi.ts'
import { addBacklog, addFleet, kindOf, type Member } from './fleet.ts'
import { loops, PAYLOAD, type Queue } from './queue.ts'

type App = Awaited<ReturnType<typeof wediApp>>
type Held = Awaited<ReturnType<App['services']['tasks']['claim']>>['data'][number]

const LEASE_SECONDS = 60
const OWNER_CONNECTIONS = 2

/** A tenant with a fleet, and what its agents do. */
export interface Team {
  readonly organizationId: string
  readonly members: readonly Member[]
  submit(kind: number): Promise<string>
  claim(member: Member, asked: { max: number; waitMs: number; signal?: AbortSignal }): Promise<Held[]>
  finish(member: Member, task: Held): Promise<unknown>
}

export interface Wedi {
  readonly owner: pg.Pool
  team(fleet: { size: number; slots: number; sample?: number }): Promise<Team>
  stop(): Promise<void>
}

/** The whole product on this database, its jobs and sweeps running, called where its routes would call it. */
export async function startWedi(databaseUrl: string, secrets: { masterKey: string; adminKey: string }): Promise<Wedi> {
  const app = await wediApp({ databaseUrl, ...secrets })
  const owner = poolAt(databaseUrl, OWNER_CONNECTIONS)
  app.start()
  return {
    owner,
    async team({ size, slots, sample = size }) {
      const organizationId = await newOrganization(app, secrets.adminKey)
      const members = await addFleet(owner, organizationId, { size, slots, sample })
      return { organizationId, members, ...actsOf(app, organizationId) }
    },
    async stop() {
      await app.stop()
      await owner.end()
    },
  }
}

async function newOrganization({ http }: App, adminKey: string): Promise<string> {
  const headers = { authorization: `Bearer ${adminKey}` }
  const payload = { name: 'bench' }
  const response = await http.inject({ method: 'POST', url: '/v1/organizations', headers, payload })
  if (response.statusCode !== 201) throw new Error(response.body)
  return response.json().organization.id
}

const FOR_EVER = new AbortController().signal

function actsOf(
  { services: { database, tasks } }: App,
  organizationId: string,
): Pick<Team, 'submit' | 'claim' | 'finish'> {
  const submitter = { organizationId, actor: 'api-key:01980000-0000-7000-8000-000000000000' }
  const callers = new Map<string, { organizationId: string; agentId: string; actor: string }>()
  const callerOf = ({ agentId }: Member) => {
    const caller = callers.get(agentId) ?? { organizationId, agentId, actor: `agent:${agentId}` }
    callers.set(agentId, caller)
    return caller
  }
  return {
    async submit(kind) {
      const { type, requires } = kindOf(kind)
      const input = { type, requires, payload: PAYLOAD }
      return (await database.inOrganization(organizationId, (tx) => tasks.submit(tx, submitter, input, requires))).id
    },
    async claim(member, { max, waitMs, signal = FOR_EVER }) {
      const caller = callerOf(member)
      const asked = { ...member, max, waitMs, leaseSeconds: LEASE_SECONDS, actor: caller.actor, signal }
      return (await tasks.claim(caller, asked)).data
    },
    finish: (member, { task, lease }) =>
      tasks.finish({
        ...{ caller: callerOf(member), taskId: task.id, token: BigInt(lease.fencingToken) },
        end: { result: null },
      }),
  }
}

/** Enough that nobody's slots are what is measured. */
const AGENTS = 64
const SLOTS = 1000
const SINGLE = { loops: 32, max: 1 }
const BATCHED = { loops: 8, max: 100 }
const WAIT_MS = 20_000
const DOES =
  'durable; matches type, provider, chain, asset and tags, keeps slots, a lease of 60 s, a fencing token, fairness; ' +
  'a record of each start and each end in the signed log; what is done is kept'

/** Claim and finish, as the routes of remote agents do them. */
export async function wediQueue(wedi: Wedi, how: Queue['how']): Promise<Queue> {
  const plan = how === 'batched' ? BATCHED : SINGLE
  const team = await wedi.team({ size: AGENTS, slots: SLOTS })
  return {
    ...{ name: 'wedi', how },
    does: `${DOES}; ${plan.loops} agents at once, claim(${plan.max}), each task finished by a call of its own; calls that come together share a commit`,
    fill: (count) => addBacklog(wedi.owner, team.organizationId, { count }),
    async drain(count) {
      let left = count
      let next = 0
      const ended = new AbortController()
      const loop = async () => {
        const member = team.members[next++ % team.members.length] as Member
        const tasks = await team.claim(member, { max: plan.max, waitMs: WAIT_MS, signal: ended.signal })
        await Promise.all(tasks.map((task) => team.finish(member, task)))
        left -= tasks.length
        if (left === 0) ended.abort()
        return left > 0
      }
      await loops(plan.loops, loop)
    },
    stop: async () => undefined,
  }
}
