import { randomBytes } from 'node:crypto'
import { migrate } from '@wedi/database/migrate'
import pg from 'pg'
import { makeKey } from '../server/src/modules/access/index.ts'
import { statementCatalogue } from '../server/src/platform/database/statement.ts'
import { stepsOf } from './peer-agents.ts'
import type { ServerSetup, Tenant } from './server.ts'
import { wediApp } from './wedi.ts'

/** What a create is given, by the load too. */
export const NEW_AGENT = { name: 'bench payer', description: 'Pays invoices of the bench', labels: ['bench', 'eu'] }

/** More addresses than this would only make the load generator's own work larger. */
const SAMPLE = 256

export interface Fleet extends Tenant {
  readonly size: number
  /** Some of its agents, from all over. */
  readonly agentIds: readonly string[]
}

export interface Ground {
  readonly setup: ServerSetup
  readonly fleets: readonly Fleet[]
  /** The statements of one create in Wedi, by name. */
  readonly steps: readonly string[]
}

/** Tenants with fleets of these sizes, and a tenant to write to; refuses to go on when the peer would do other work. */
export async function prepare(databaseUrl: string, sizes: readonly number[], readSize: number): Promise<Ground> {
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
  const fleets: Fleet[] = []
  for (const size of sizes) {
    const made = await tenant(`fleet of ${size}`)
    fleets.push({ ...made, size, agentIds: await fill(databaseUrl, made.organizationId, size) })
  }
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

/** Straight into the table: how they came there makes no difference to a read. */
async function fill(databaseUrl: string, organizationId: string, size: number): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(
      `insert into agent (organization_id, id, name, description, status, labels, max_concurrency, created_at, updated_at)
       select $1, uuidv7(), 'agent ' || i, 'Pays invoices of the bench', 'ACTIVE', '{bench,eu}', 10, now(), now()
       from generate_series(1, $2::int) as i`,
      [organizationId, size],
    )
    await client.query('vacuum analyze agent')
    const sample = 'select id from agent where organization_id = $1 order by md5(id::text) limit $2'
    const { rows } = await client.query<{ id: string }>(sample, [organizationId, SAMPLE])
    return rows.map(({ id }) => id)
  } finally {
    await client.end()
  }
}
