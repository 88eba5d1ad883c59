import { afterEach, describe, expect, it } from 'vitest'
import { createDatabase, startApp, type TestApp } from '../../../test/support/app.ts'
import { type AnyBody, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { anAgent, anIntegrationKey, type MadeIntegrationKey } from '../../../test/support/factories.ts'
import { everyRow } from '../../../test/support/rows.ts'
import { until } from '../../../test/support/until.ts'

const HOUR_MS = 3_600_000
let aheadMs = 0
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  aheadMs = 0
  for (const end of ends.splice(0).reverse()) await end()
})

async function anApp(options: Parameters<typeof startApp>[0] = {}): Promise<TestApp> {
  const app = await startApp({ clock: () => new Date(Date.now() + aheadMs), ...options })
  ends.push(() => app.stop())
  return app
}

async function aDatabase(): Promise<string> {
  const { url, drop } = await createDatabase()
  ends.push(drop)
  return url
}

const use = (app: TestApp, key: string) => app.admin.as(key).get('/v1/chains')
const shown = (app: TestApp, id: string) => expectOk(app.admin.get<AnyBody>(`/v1/integration-keys/${id}`))

describe('the use of a key', () => {
  it('is counted by day, route and place, also when it was for something the key may not do', async () => {
    const app = await anApp()
    const { integrationKey: key, secret } = await anIntegrationKey(app.admin)
    expect((await shown(app, key.id)).lastUsedAt).toBeNull()
    for (let i = 0; i < 5; i++) await use(app, secret)
    expectProblem(await app.admin.as(secret).get('/v1/agents'), 403, 'request.forbidden')
    const { usage, lastUsedAt } = await shown(app, key.id)
    const seen = { lastUsedAt: expect.any(String) }
    expect(lastUsedAt).toEqual(expect.any(String))
    expect(usage).toMatchObject({
      byDay: [{ day: new Date().toISOString().slice(0, 10), uses: '6', ...seen }],
      byAddress: [{ addressPrefix: '127.0.0.0/24', uses: '6', ...seen }],
    })
    expect((usage as { byRoute: unknown[] }).byRoute).toEqual(
      expect.arrayContaining([
        { route: 'listChains', uses: '5', ...seen },
        { route: 'listAgents', uses: '1', ...seen },
      ]),
    )
    const { data } = await expectOk(app.admin.get<{ data: AnyBody[] }>('/v1/integration-keys'))
    expect(data.find(({ id }) => id === key.id)?.lastUsedAt).toBe(lastUsedAt)
  })

  it('writes nothing; what was counted is written when the process ends', async () => {
    const databaseUrl = await aDatabase()
    const first = await startApp({ databaseUrl })
    const { integrationKey: key, secret } = await anIntegrationKey(first.admin)
    const { masterKey, adminKey } = first
    // Whatever it still does by itself would be taken for a write of the other.
    await first.stop()
    const quiet = await startApp({ databaseUrl, masterKey, adminKey, doesJobs: false })
    const before = await everyRow(quiet)
    for (let i = 0; i < 50; i++) expect((await use(quiet, secret)).status).toBe(200)
    expect(await everyRow(quiet)).toEqual(before)
    await quiet.stop()
    const [row] = await first.query('select uses::int, key_id from key_activity')
    expect(row).toEqual({ uses: 50, key_id: key.id })
  })

  it('in several processes is summed, and every few seconds without anyone asking', async () => {
    const databaseUrl = await aDatabase()
    const first = await anApp({ databaseUrl })
    const { masterKey, adminKey } = first
    const second = await anApp({ databaseUrl, masterKey, adminKey })
    const { secret } = await anIntegrationKey(first.admin)
    await Promise.all([first, second].flatMap((app) => Array.from({ length: 20 }, () => use(app, secret))))
    await until('both have written', async () => {
      const [row] = await first.query<{ uses: number }>('select uses::int from key_activity')
      const [sum] = await first.query<{ uses: number }>('select sum(uses)::int as uses from key_usage')
      return row?.uses === 40 && sum?.uses === 40
    })
  })

  it('that cannot be written down is not forgotten', async () => {
    const app = await anApp()
    const { integrationKey: key, secret } = await anIntegrationKey(app.admin)
    await use(app, secret)
    await app.query('alter table key_usage rename to gone')
    await app.admin.get(`/v1/integration-keys/${key.id}`)
    await use(app, secret)
    await app.query('alter table gone rename to key_usage')
    const { usage } = await shown(app, key.id)
    expect((usage as { byRoute: unknown }).byRoute).toMatchObject([{ route: 'listChains', uses: '2' }])
  })

  it('is forgotten by day after a while', async () => {
    const app = await anApp()
    const { integrationKey: key } = await anIntegrationKey(app.admin)
    await app.query(
      `insert into key_usage select organization_id, id, day, 'listChains', '192.0.2.0/24', 1, now()
       from api_key, unnest(array['2020-01-01', to_char(now(), 'YYYY-MM-DD')]) as day where id = $1`,
      [key.id],
    )
    expect((await app.query('select 1 from key_usage')).length).toBe(2)
    await app.app.keepHouse()
    expect((await app.query('select 1 from key_usage')).length).toBe(1)
  })
})

describe('during a rotation', () => {
  it('it is shown who still calls with the old key, and when it may go', async () => {
    const app = await anApp()
    const { id: agentId } = await anAgent(app.admin)
    const old = await anIntegrationKey(app.admin, { agentId })
    await use(app, old.secret)
    expect(await shown(app, old.integrationKey.id)).toMatchObject({
      ...{ safeToRevoke: false, safeToRevokeReason: 'IN_USE', rotation: null },
    })
    // The longest gap that is ever seen: three hours.
    aheadMs = 3 * HOUR_MS
    await use(app, old.secret)
    aheadMs += 1000
    const made = await expectOk(
      app.admin.post<MadeIntegrationKey>(`/v1/integration-keys/${old.integrationKey.id}/rotate`, {
        graceSeconds: 604_800,
      }),
    )
    aheadMs += 1000
    await use(app, old.secret)
    const rotation = async () => {
      const { rotation: seen } = await shown(app, made.integrationKey.id)
      return seen as { safeToRevoke: boolean }
    }
    expect(await rotation()).toMatchObject({
      ...{ oldKeyId: old.integrationKey.id, newKeyId: made.integrationKey.id, safeToRevoke: false },
      oldKeyCallers: [{ addressPrefix: '127.0.0.0/24', route: 'listChains', lastUsedAt: expect.any(String) }],
    })
    aheadMs += 10 * HOUR_MS
    const waiting = await shown(app, old.integrationKey.id)
    expect(waiting).toMatchObject({ safeToRevoke: false, safeToRevokeReason: 'SUCCESSOR_UNUSED' })
    await use(app, made.secret)
    expect((await rotation()).safeToRevoke).toBe(true)
    await use(app, old.secret)
    expect((await rotation()).safeToRevoke).toBe(false)
    aheadMs += 4 * HOUR_MS
    // Longer than the three hours, but it was ten meanwhile.
    expect((await rotation()).safeToRevoke).toBe(false)
    aheadMs += 7 * HOUR_MS
    expect((await rotation()).safeToRevoke).toBe(true)
  })
})
