import type { Request } from 'autocannon'
import { type Fleet, NEW_AGENT, prepare } from './ground.ts'
import { interleaved, type Measured } from './rounds.ts'
import { type ServerSetup, startServer, type Tenant } from './server.ts'

const SIZES = [1, 600, 10_000]
/** The fleet the comparison with the peer reads. */
const READ_SIZE = 600

export interface HttpResults {
  readonly read: Measured[]
  readonly create: Measured[]
  readonly fleets: Measured[]
  readonly steps: readonly string[]
}

export interface HttpPlan {
  readonly databaseUrl: string
  readonly rounds: number
  readonly seconds: number
  readonly say: (line: string) => void
  /** Where CPU profiles of both servers are written when they end. */
  readonly profileTo?: string
}

/** Our server and the peer's, both up at once on one database; only one is asked at a time. */
export async function measureHttp({ databaseUrl, profileTo, ...plan }: HttpPlan): Promise<HttpResults> {
  const { say } = plan
  const { setup, fleets, steps } = await prepare(databaseUrl, SIZES, READ_SIZE)
  const [wedi, peer] = await Promise.all([
    startServer('wedi-server.ts', setup, profileTo),
    startServer('peer-server.ts', setup, profileTo),
  ])
  try {
    const both = (requests: readonly Request[]) => [
      { name: 'wedi', url: wedi.url, requests },
      { name: 'peer', url: peer.url, requests },
    ]
    const fleet = fleets.find(({ size }) => size === READ_SIZE) as Fleet
    say(`\nRead an agent, fleet of ${READ_SIZE}`)
    const oneTenant = { name: 'peer, one tenant', url: peer.url, requests: readsOf(fleet, '/one-tenant') }
    const read = await interleaved([...both(readsOf(fleet)), oneTenant], plan)
    say('\nCreate an agent')
    const pipelined = { name: 'peer, pipelined', url: peer.url, requests: [createIn(setup, '/pipelined')] }
    const create = await interleaved([...both([createIn(setup)]), pipelined], plan)
    say('\nRead an agent, by size of the fleet')
    const sizes = fleets.map((each) => ({ name: `fleet of ${each.size}`, url: wedi.url, requests: readsOf(each) }))
    return { read, create, fleets: await interleaved(sizes, plan), steps }
  } finally {
    await Promise.all([wedi.stop(), peer.stop()])
  }
}

const authorization = ({ key }: Tenant) => ({ authorization: `Bearer ${key}` })

const readsOf = (fleet: Fleet, prefix = ''): Request[] =>
  fleet.agentIds.map((id) => ({ method: 'GET', path: `${prefix}/v1/agents/${id}`, headers: authorization(fleet) }))

const createIn = ({ writing }: ServerSetup, prefix = ''): Request => ({
  method: 'POST',
  path: `${prefix}/v1/agents`,
  headers: { ...authorization(writing), 'content-type': 'application/json' },
  body: JSON.stringify(NEW_AGENT),
})
