import { randomBytes } from 'node:crypto'
import { apiKey } from '@better-auth/api-key'
import bcrypt from 'bcrypt'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import pg from 'pg'
import { accessService } from '../server/src/modules/access/service.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { keyRing } from '../server/src/platform/crypto.ts'
import { Database } from '../server/src/platform/database/database.ts'
import { Events } from '../server/src/platform/events.ts'
import { newId } from '../server/src/platform/ids.ts'
import { Jobs } from '../server/src/platform/jobs.ts'
import { createLog } from '../server/src/platform/log.ts'

const POOL_SIZE = 10
/** What people choose where they hash keys like passwords. */
const BCRYPT_COST = 10
const UNLIMITED = 100_000_000
const ADDRESS = '192.0.2.1'

export interface Contender {
  readonly name: string
  /** Sees to it that the key is good, and fails when it is not. */
  verify(): Promise<void>
  stop(): Promise<void>
}

/** Ours as requests use it; decisions are left out, for none is made of a verification. */
export async function wedi(connectionString: string): Promise<Contender[]> {
  const log = createLog('silent')
  const database = new Database({ connectionString, clock: systemClock, log })
  const jobs = new Jobs(database, log)
  const access = accessService({
    ...{ database, jobs, log, clock: systemClock, events: new Events(jobs), pepperVersions: [1] },
    decisions: { record: async () => newId() },
    organizations: { freezeIn: async () => undefined },
    keys: keyRing(randomBytes(32).toString('base64url')),
    isOperator: () => false,
    failedKeysPerMinute: UNLIMITED,
  })
  const { secret } = await database.inOrganization(newId(), (tx) =>
    access.issue(tx, 'system:bench', { name: 'bench', role: 'OPERATOR' }),
  )
  const verify = (fresh: boolean) => async () =>
    void (await access.authenticate(`Bearer ${secret}`, { fresh, address: ADDRESS }))
  return [
    { name: 'wedi, cached', verify: verify(false), stop: async () => undefined },
    { name: 'wedi, from the database', verify: verify(true), stop: () => database.close() },
  ]
}

/** With its own rate limit off, so that it has less to do. */
export async function betterAuthKeys(connectionString: string): Promise<Contender> {
  const pool = new pg.Pool({ connectionString, max: POOL_SIZE })
  const options = {
    database: pool,
    baseURL: 'http://127.0.0.1',
    secret: randomBytes(32).toString('base64url'),
    telemetry: { enabled: false },
    emailAndPassword: { enabled: true },
    plugins: [apiKey({ rateLimit: { enabled: false } })],
  }
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const auth = betterAuth(options)
  const { user } = await auth.api.signUpEmail({
    body: { name: 'bench', email: 'bench@example.org', password: randomBytes(16).toString('hex') },
  })
  const { key } = await auth.api.createApiKey({ body: { userId: user.id, name: 'bench' } })
  return {
    name: 'better-auth 1.7.25, api-key 1.7.5',
    async verify() {
      const { valid, error } = await auth.api.verifyApiKey({ body: { key } })
      if (!valid) throw new Error(`better-auth refused its own key: ${JSON.stringify(error)}`)
    },
    stop: () => pool.end(),
  }
}

/** A row by its public id, then bcrypt over the secret. */
export async function bcryptKeys(connectionString: string): Promise<Contender> {
  const pool = new pg.Pool({ connectionString, max: POOL_SIZE })
  const key = randomBytes(32).toString('base64url')
  await pool.query('create table bcrypt_key (id text primary key, hash text not null)')
  await pool.query('insert into bcrypt_key values ($1, $2)', ['bench', await bcrypt.hash(key, BCRYPT_COST)])
  const find = { name: 'bcrypt.find', text: 'select hash from bcrypt_key where id = $1', values: ['bench'] }
  return {
    name: `bcrypt 6, cost ${BCRYPT_COST}`,
    async verify() {
      const { rows } = await pool.query<{ hash: string }>(find)
      if (!(await bcrypt.compare(key, rows[0]?.hash ?? ''))) throw new Error('bcrypt refused its own key')
    },
    stop: () => pool.end(),
  }
}
