import { randomBytes } from 'node:crypto'
import { migrate } from '@wedi/database/migrate'
import { makeKey } from '../server/src/modules/access/index.ts'
import { statementCatalogue } from '../server/src/platform/database/statement.ts'
import { poolAt } from './limit-contenders.ts'
import { stepsOf } from './peer-agents.ts'
import type { ServerSetup, Tenant } from './server.ts'
import { addBacklog, addFleet, type Member } from './tasks/fleet.ts'
import { wediApp } from './wedi.ts'

/** What a create is given, by the load too. */
export const NEW_AGENT = { name: 'bench payer', description: 'Pays invoices of the bench', labels: ['bench', 'eu'] }

/** More addresses than this would only make the load generator's own work larger. */
const SAMPLE = 64
/** Of each agent: more than the load has connections, and than what each round leaves unfinished. */
const SLOTS = 1000

export interface Fleet extends Tenant {
  readonly size: number
  /** Some of its agents, from all over. */
  readonly workers: readonly Worker[]
}

/** A process of an agent, with the agent's own credential. */
export interface Worker extends Member {
  readonly key: string
}

export interface Ground {
  readonly setup: ServerSetup
  readonly fleets: readonly Fleet[]
  /** The statements of one create in Wedi, by name. */
  readonly steps: readonly string[]
}

interface Wanted {
  readonly sizes: readonly number[]
  /** The fleet that is read when Wedi is compared with the peer. */
  readonly readSize: number
  /** Tasks that wait in each. */
  readonly backlog: number
}

/** Tenants with fleets of these sizes, and a tenant to write to; refuses to go on when the peer would do other work. */
export async function prepare(databaseUrl: string, { sizes, readSize, backlog }: Wanted): Promise<Ground> {
  await migrate(databaseUrl)
  const secrets = { databaseUrl, masterKey: randomBytes(32).toString('base64url'), adminKey: makeKey('sk') }
  const sent: string[] = []
  const app = await wediApp(secrets, (text) => {
    sent.push(text)
    return text
  })
  const post = async (key: string, path: string, payload: object) => {
    const headers = { authorization: `Bearer ${key}` }
    const response = await app.http.inject({ method: 'POST', url: `/v1${path}`, headers, payload })
    if (response.statusCode !== 201) throw new Error(`${path}: ${response.body}`)
    return response.json()
  }
  const tenant = async (name: string): Promise<Tenant> => {
    const { organization, secret } = await post(secrets.adminKey, '/organizations', { name })
    return { organizationId: organization.id, key: secret }
  }
  const owner = poolAt(databaseUrl, 1)
  const fleets: Fleet[] = []
  for (const size of sizes) {
    const made = await tenant(`fleet of ${size}`)
    const members = await addFleet(owner, made.organizationId, { size, slots: SLOTS, sample: SAMPLE })
    await addBacklog(owner, made.organizationId, { count: backlog })
    const keys = new Map<string, string>()
    for (const { agentId } of members) {
      if (keys.has(agentId)) continue
      const { secret } = await post(made.key, `/agents/${agentId}/credentials`, {})
      keys.set(agentId, secret)
    }
    const workers = members.map((member): Worker => ({ ...member, key: keys.get(member.agentId) ?? '' }))
    fleets.push({ ...made, size, workers })
  }
  await owner.query('vacuum analyze')
  await owner.end()
  const writing = await tenant('written to')
  sent.length = 0
  await post(writing.key, '/agents', NEW_AGENT)
  const steps = sent.map((text) => [...statementCatalogue].find((entry) => entry[1] === text)?.[0] ?? text)
  requireSame(
    steps,
    stepsOf(writing.organizationId, NEW_AGENT).map(({ name }) => name),
  )
  await app.stop()
  const reading = fleets.find(({ size }) => size === readSize) as Fleet
  return { setup: { ...secrets, reading, writing }, fleets, steps }
}

function requireSame(ours: readonly string[], peers: readonly string[]): void {
  if (ours.join() === peers.join()) return
  throw new Error(`the peer does not do what Wedi does\nWedi: ${ours.join(', ')}\npeer: ${peers.join(', ')}`)
}
