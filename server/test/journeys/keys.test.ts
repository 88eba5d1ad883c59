import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { makeKey } from '#modules/access'
import { newId } from '#platform/ids'
import { createDatabase, queryAt } from '../support/app.ts'
import { type Client, expectOk } from '../support/client.ts'
import {
  aCapability,
  anAgent,
  anIntegrationKey,
  asAgent,
  type MadeIntegrationKey,
  PAYEE,
  unique,
} from '../support/factories.ts'
import { everyRow } from '../support/rows.ts'
import { atEnd, closeAll, startWedi, type Wedi } from './process.ts'

afterAll(closeAll)

/** What started processes that share a database are given. */
async function sharedEnvironment(): Promise<Readonly<Record<string, string>> & { DATABASE_URL: string }> {
  const database = await createDatabase()
  atEnd(database.drop)
  const { chain, rpcUrl } = inject('infrastructure').chain
  return {
    DATABASE_URL: database.url,
    WEDI_MASTER_KEY: randomBytes(32).toString('base64url'),
    WEDI_ADMIN_KEY: makeKey('sk'),
    WEDI_CHAINS: JSON.stringify([{ chain, rpcUrl }]),
  }
}

interface Made {
  readonly revoke: string
  readonly secret: string
}

const aKeyOf: Record<string, (admin: Client, agentId: string) => Promise<Made>> = {
  sk: async (admin) => {
    const made = admin.post<{ apiKey: { id: string }; secret: string }>('/v1/api-keys', { name: 'x', role: 'OPERATOR' })
    const { apiKey, secret } = await expectOk(made)
    return { revoke: `/v1/api-keys/${apiKey.id}/revoke`, secret }
  },
  ak: async (admin, agentId) => {
    const path = `/v1/agents/${agentId}/credentials`
    const made = await expectOk(admin.post<{ credential: { id: string }; secret: string }>(path, {}))
    return { revoke: `${path}/${made.credential.id}/revoke`, secret: made.secret }
  },
  ik: async (admin, agentId) => {
    const { integrationKey, secret } = await anIntegrationKey(admin, { agentId })
    return { revoke: `/v1/integration-keys/${integrationKey.id}/revoke`, secret }
  },
}
/** Revoking a credential or an API key takes no body at all. */
const bodyOf = ({ revoke }: Made) => (revoke.includes('integration') ? {} : undefined)

describe('a key that is revoked in one process', () => {
  const SECOND_MS = 1000
  let one: Wedi
  let other: Wedi
  let agentId: string
  let databaseUrl: string

  it('has a second one to be refused by, and nothing but the database between them', async () => {
    const env = await sharedEnvironment()
    databaseUrl = env.DATABASE_URL
    one = await startWedi({ env })
    other = await startWedi({ env })
    agentId = (await anAgent(one.client)).id
  }, 120_000)

  it.each(Object.keys(aKeyOf))('is refused by the other within a second: %s', async (kind) => {
    for (let round = 0; round < 3; round++) {
      const key = await aKeyOf[kind]?.(one.client, agentId)
      if (!key) throw new Error(`no ${kind}`)
      const client = other.client.as(key.secret)
      await expectOk(client.get('/v1/chains'))
      await expectOk(one.client.post(key.revoke, bodyOf(key)))
      const revokedAt = performance.now()
      let lastLetInAt = revokedAt
      for (;;) {
        const askedAt = performance.now()
        const { status } = await client.get('/v1/chains')
        if (status === 401) break
        lastLetInAt = askedAt
        expect(lastLetInAt - revokedAt).toBeLessThan(SECOND_MS)
      }
    }
    const listening = await queryAt(databaseUrl, `select 1 from pg_stat_activity where query ~* '^\\s*listen'`)
    expect(listening).toEqual([])
  })

  it.each(['sk', 'ak'])('is refused by the other at once where money moves: %s', async (kind) => {
    for (let round = 0; round < 5; round++) {
      const key = (await aKeyOf[kind]?.(one.client, agentId)) as Made
      const client = other.client.as(key.secret)
      await expectOk(client.get('/v1/chains'))
      const body = { agentId, payee: PAYEE, amount: '1', asset: 'eip155:31337/slip44:60' }
      const pay = () => client.post('/v1/payments', body, { 'idempotency-key': unique('payment') })
      expect((await pay()).status).toBe(201)
      await expectOk(one.client.post(key.revoke, bodyOf(key)))
      expect((await pay()).status).toBe(401)
    }
  })
})

describe('a whole life of keys', () => {
  it('leaves none of them in logs, answers or the database', async () => {
    const env = await sharedEnvironment()
    const wedi = await startWedi({ env: { ...env, LOG_LEVEL: 'trace' } })
    const { client: admin } = wedi
    const answers: string[] = []
    const secrets = [env.WEDI_ADMIN_KEY as string]
    const keep = <Body extends { secret: string }>(made: Body): Body => {
      secrets.push(made.secret)
      return made
    }
    const tell = async (sent: Promise<{ text: string; headers: Headers }>) => {
      const { text, headers } = await sent
      answers.push(text, JSON.stringify([...headers]))
    }
    const agent = await anAgent(admin, { capability: aCapability() })
    const headers = { 'idempotency-key': unique('made') }
    const made = await Promise.all([
      admin.post<{ secret: string }>('/v1/api-keys', { name: 'x', role: 'VIEWER' }, headers),
      admin.post<{ secret: string }>('/v1/organizations', { name: 'x' }, { 'idempotency-key': unique('made') }),
    ])
    for (const { body } of made) keep(body)
    secrets.push((await asAgent(admin, agent.id)).key as string)
    const first = keep(await anIntegrationKey(admin, { agentId: agent.id }))
    const path = `/v1/integration-keys/${first.integrationKey.id}`
    const second = keep(await expectOk(admin.post<MadeIntegrationKey>(`${path}/rotate`, { graceSeconds: 60 })))
    const canary = keep(await anIntegrationKey(admin, { agentId: agent.id, canary: true }))
    for (const secret of [...secrets]) {
      const client = admin.as(secret)
      const forged = `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`
      for (const each of [client, admin.as(forged)]) {
        await tell(each.get('/v1/chains'))
        await tell(each.get(`/v1/agents/${secret}`))
        await tell(each.get(`/v1/decisions?cursor=${secret}`))
        await tell(each.post('/v1/agents', { [secret]: true }))
        await tell(each.send('POST', '/v1/agents', `{"name": ${secret}`, { 'content-type': 'application/json' }))
      }
      await tell(admin.as(undefined).get('/v1/chains', { authorization: `Basic ${secret}` }))
    }
    await queryAt(env.DATABASE_URL, 'alter table key_activity rename to gone')
    for (const each of [first, second]) await tell(admin.get(`/v1/integration-keys/${each.integrationKey.id}`))
    await queryAt(env.DATABASE_URL, 'alter table gone rename to key_activity')
    for (const each of [
      '/v1/api-keys',
      '/v1/integration-keys',
      path,
      '/v1/decisions?limit=200',
      `/v1/agents/${agent.id}/credentials`,
    ]) {
      await tell(admin.get(each))
    }
    await tell(admin.post('/v1/key-exposures', { secret: first.secret }))
    await tell(admin.post(`/v1/integration-keys/${canary.integrationKey.id}/revoke`, { reason: 'tried' }))
    await tell(admin.post('/v1/api-keys', { name: newId(), role: 'VIEWER', secret: second.secret }))
    await wedi.kill('SIGTERM')
    const rows = await everyRow({ query: (text, values) => queryAt(env.DATABASE_URL, text, values) })
    expect(rows.length).toBeGreaterThan(20)
    expect(wedi.output()).toMatch(/request failed/)
    for (const secret of secrets) {
      const hidden = secret.slice('wedi_sk_'.length + 12, -6)
      for (const [where, text] of [
        ['log', wedi.output()],
        ['answers', answers.join('\n')],
        ['rows', rows.join('\n')],
      ] as const) {
        expect(`${where}: ${text.includes(hidden)}`).toBe(`${where}: false`)
      }
    }
  }, 180_000)
})
