import type { Request } from 'autocannon'
import { type FleetRows, measureFleets, readsOf } from './fleets.ts'
import { type Fleet, NEW_AGENT, prepare } from './ground.ts'
import { interleaved, type Measured } from './rounds.ts'
import { type ServerSetup, startServer } from './server.ts'

const SIZES = [1, 100, 600]
/** More than is claimed in all rounds. */
const CLAIMED_PER_SECOND = 3000
/** The fleet the comparison with the peer reads. */
const READ_SIZE = 600

export interface HttpResults {
  readonly read: Measured[]
  readonly create: Measured[]
  readonly fleets: readonly FleetRows[]
  readonly steps: readonly string[]
}

export interface HttpPlan {
  readonly databaseUrl: string
  readonly rounds: number
  readonly seconds: number
  /** Agents of the last and largest fleet. */
  readonly largest: number
  readonly say: (line: string) => void
  /** Where CPU profiles of both servers are written when they end. */
  readonly profileTo?: string
}

/** Our server and the peer's, both up at once on one database; only one is asked at a time. */
export async function measureHttp({ databaseUrl, profileTo, ...plan }: HttpPlan): Promise<HttpResults> {
  const { say } = plan
  const { setup, fleets, steps } = await prepare(databaseUrl, wantedBy(plan))
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
    return { read, create, fleets: await measureFleets(fleets, wedi.url, plan), steps }
  } finally {
    await Promise.all([wedi.stop(), peer.stop()])
  }
}

/** One more round is not counted and takes as long as this. */
const UNCOUNTED_SECONDS = 4

const wantedBy = ({ rounds, seconds, largest }: Omit<HttpPlan, 'databaseUrl'>) => ({
  ...{ sizes: [...SIZES, largest], readSize: READ_SIZE },
  backlog: CLAIMED_PER_SECOND * (rounds * seconds + UNCOUNTED_SECONDS),
})

/** Only what depends on the size of a fleet, without the peer. */
export async function measureHttpFleets({ databaseUrl, ...plan }: HttpPlan): Promise<readonly FleetRows[]> {
  const { setup, fleets } = await prepare(databaseUrl, wantedBy(plan))
  const wedi = await startServer('wedi-server.ts', setup)
  try {
    return await measureFleets(fleets, wedi.url, plan)
  } finally {
    await wedi.stop()
  }
}

const createIn = ({ writing }: ServerSetup, prefix = ''): Request => ({
  method: 'POST',
  path: `${prefix}/v1/agents`,
  headers: { ...{ authorization: `Bearer ${writing.key}` }, 'content-type': 'application/json' },
  body: JSON.stringify(NEW_AGENT),
})
