import pg from 'pg'
import { privateKeyToAddress } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyRing, type Sealed, unseal } from '#platform/crypto'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  type AgentView,
  aCapability,
  aFundedAgent,
  anAgent,
  aPayment,
  paymentIn,
  unique,
  type WalletView,
  walletOf,
} from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'

type Status = WalletView['status']
interface List<Item> {
  data: Item[]
}

let app: TestApp
/** Answers, and does nothing that follows from an answer: its wallets stay PROVISIONING. */
let still: TestApp
beforeAll(async () => {
  ;[app, still] = await Promise.all([startApp(), startApp({ doesJobs: false })])
})
afterAll(() => Promise.all([app.stop(), still.stop()]))

const read = (client: Client, id: string) => client.get<WalletView>(`/v1/wallets/${id}`)
const act = (client: Client, id: string, what: string, body = {}) =>
  client.post<WalletView>(`/v1/wallets/${id}/${what}`, body)

async function aSecondWallet(agentId: string): Promise<WalletView> {
  const { id } = await expectOk(app.admin.post<WalletView>(`/v1/agents/${agentId}/wallets`, {}))
  return until(`wallet ${id} is there`, async () => {
    const { body } = await read(app.admin, id)
    return body.status === 'ACTIVE' && body
  })
}

describe('a wallet', () => {
  it('is made with its agent, which is active as soon as the wallet is', async () => {
    const { id } = await expectOk(still.admin.post<AgentView>('/v1/agents', { name: unique('agent') }))
    expect(await walletOf(still.admin, id)).toMatchObject({
      agentId: id,
      status: 'PROVISIONING',
      address: null,
      provider: 'local',
    })
    const agent = await anAgent(app.admin)
    const wallet = await walletOf(app.admin, agent.id)
    expect(wallet).toMatchObject({
      agentId: agent.id,
      status: 'ACTIVE',
      address: expect.stringMatching(/^0x[0-9a-fA-F]{40}$/),
    })
    const one = await read(app.admin, wallet.id)
    expect(one.body).toEqual(wallet)
    expect(one.headers.get('etag')).toBe(`"${wallet.revision}"`)
  })

  it('may have another beside it, which pays when the first is frozen', async () => {
    const { agent, wallet: first } = await aFundedAgent(app)
    const second = await aSecondWallet(agent.id)
    expect(second.address).not.toBe(first.address)
    await expectOk(app.admin.post('/v1/dev/faucet', { address: second.address, asset: app.token, amount: '100' }))
    const { data } = await expectOk(app.admin.get<List<WalletView>>(`/v1/agents/${agent.id}/wallets`))
    expect(data.map(({ id }) => id)).toEqual([second.id, first.id])
    const paidFrom = async () => (await expectOk(aPayment(app, { agentId: agent.id }))).walletId
    expect(await paidFrom()).toBe(first.id)
    await expectOk(act(app.admin, first.id, 'freeze'))
    expect(await paidFrom()).toBe(second.id)
    await expectOk(act(app.admin, second.id, 'freeze'))
    const denied = await aPayment(app, { agentId: agent.id })
    expectProblem(denied, 403, 'payment.denied')
    expect(denied.body).toMatchObject({ reasons: [{ code: 'wallet.notActive', status: 'FROZEN' }] })
  })

  it('is made once of two calls with one idempotency key', async () => {
    const { id } = await anAgent(app.admin)
    const key = { 'idempotency-key': unique('key') }
    const replies = await Promise.all([1, 2].map(() => app.admin.post(`/v1/agents/${id}/wallets`, {}, key)))
    expect(replies.map(({ status }) => status).filter((status) => status !== 409)).toContain(201)
    expect((await expectOk(app.admin.get<List<WalletView>>(`/v1/agents/${id}/wallets`))).data).toHaveLength(2)
  })

  it.each([
    ['nobody knows', { walletProvider: 'paper' }, 'request.invalid'],
    ['is not configured here', { walletProvider: 'thirdweb' }, 'wallet.providerNotConfigured'],
    ['is not named by a text', { walletProvider: 7 }, 'request.invalid'],
    ['is named wrongly', { provider: 'local' }, 'request.invalid'],
  ])('is not made by a provider that %s, and neither is an agent', async (_case, body, code) => {
    const { id } = await anAgent(app.admin)
    const count = async () => (await app.query('select id from agent union all select id from wallet')).length
    const before = await count()
    expectProblem(await app.admin.post(`/v1/agents/${id}/wallets`, body), 400, code)
    expectProblem(await app.admin.post('/v1/agents', { name: 'never', ...body }), 400, code)
    expect(await count()).toBe(before)
  })

  it('shows what it holds of every asset', async () => {
    const { wallet } = await aFundedAgent(app, { funds: '12345678901234567890' })
    const balances = async (client: Client, id: string) => {
      const { data } = await expectOk(client.get<List<{ asset: string; amount: string }>>(`/v1/wallets/${id}/balances`))
      return Object.fromEntries(data.map(({ asset, amount }) => [asset, amount]))
    }
    expect(await balances(app.admin, wallet.id)).toEqual({ [app.token]: '12345678901234567890', [app.coin]: '0' })
    await expectOk(app.admin.post('/v1/dev/faucet', { address: wallet.address, asset: app.coin, amount: '7' }))
    expect(await balances(app.admin, wallet.id)).toMatchObject({ [app.coin]: '7' })
    const { id } = await expectOk(still.admin.post<AgentView>('/v1/agents', { name: unique('agent') }))
    const unmade = await walletOf(still.admin, id)
    expect(await balances(still.admin, unmade.id)).toEqual({ [still.token]: '0', [still.coin]: '0' })
  })
})

describe('a wallet that is retired', () => {
  it('is taken after its agent, as payments take them, so that the two do not wait in a circle', async () => {
    const { agent, wallet } = await aFundedAgent(app)
    const other = new pg.Client({ connectionString: app.databaseUrl })
    await other.connect()
    try {
      await other.query('begin')
      await other.query('select from agent where id = $1 for update', [agent.id])
      const retired = act(app.admin, wallet.id, 'retire')
      const waits = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
      await until('it waits for the agent', async () => (await app.query(waits)).length > 0)
      await other.query('select from wallet where id = $1 for update nowait', [wallet.id])
      await other.query('commit')
      expect(await expectOk(retired)).toMatchObject({ status: 'RETIRED' })
    } finally {
      await other.end()
    }
  })
})

describe('the key of a wallet', () => {
  it('is in no answer, and encrypted wherever it is stored', async () => {
    const { agent, wallet } = await aFundedAgent(app)
    await paymentIn(app.admin, (await expectOk(aPayment(app, { agentId: agent.id }))).id, 'CONFIRMED')
    const paths = ['agents', `agents/${agent.id}`, `agents/${agent.id}/wallets`, `wallets/${wallet.id}`]
    const more = [`wallets/${wallet.id}/balances`, 'payments', `decisions?agentId=${agent.id}`]
    const shown = await Promise.all([...paths, ...more].map(async (path) => (await app.admin.get(`/v1/${path}`)).text))
    const [row] = await app.query<{ keystore: Sealed }>('select keystore from wallet where id = $1', [wallet.id])
    const { keystore } = row as { keystore: Sealed }
    const bytes = Object.entries(keystore).map(([name, text]) => [name, Buffer.from(text, 'base64').length])
    expect(keystore.algorithm).toBe('aes-256-gcm')
    expect(Object.fromEntries(bytes)).toMatchObject({ nonce: 12, ciphertext: 32, tag: 16 })
    const context = `wallet/${wallet.organizationId}/${wallet.id}`
    const key = unseal(keyRing(app.masterKey).derive('local-keystore'), keystore, context)
    expect(privateKeyToAddress(`0x${key.toString('hex')}`)).toBe(wallet.address)

    const forms = (['hex', 'base64', 'base64url'] as const).map((form) => key.toString(form).toLowerCase())
    const stored = await everyRow()
    for (const text of [...shown, ...stored]) for (const form of forms) expect(text.toLowerCase()).not.toContain(form)
    for (const text of shown) expect(text).not.toContain(keystore.ciphertext)
    const hashes = shown.flatMap((text) => [...text.matchAll(/"(\w+)":"0x[0-9a-f]{64}"/gi)].map(([, field]) => field))
    expect(new Set(hashes)).toEqual(new Set(['transactionHash']))
  })

  it('opens with the master key only, and only as the key of its own wallet', async () => {
    const { id } = await anAgent(app.admin)
    const wallet = await walletOf(app.admin, id)
    const [row] = await app.query<{ keystore: Sealed }>('select keystore from wallet where id = $1', [wallet.id])
    const open = (masterKey: string, walletId: string) =>
      unseal(
        keyRing(masterKey).derive('local-keystore'),
        row?.keystore as Sealed,
        `wallet/${wallet.organizationId}/${walletId}`,
      )
    expect(open(app.masterKey, wallet.id)).toHaveLength(32)
    expect(() => open(app.masterKey, id)).toThrow()
    expect(() => open(still.masterKey, wallet.id)).toThrow()
  })

  /** Every row of every table, as text. */
  async function everyRow(): Promise<string[]> {
    const tables = await app.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public'`,
    )
    const rows = await Promise.all(
      tables.map(({ name }) => app.query<{ row: string }>(`select t::text as row from "${name}" t`)),
    )
    return rows.flat().map(({ row }) => row)
  }
})

const acts = ['freeze', 'unfreeze', 'retire'] as const
const STATUSES: Status[] = ['PROVISIONING', 'ACTIVE', 'FROZEN', 'RETIRED']
/** What each act leads to, from every status it is possible in. */
const allowed: Record<(typeof acts)[number], Partial<Record<Status, Status>>> = {
  freeze: { ACTIVE: 'FROZEN' },
  unfreeze: { FROZEN: 'ACTIVE' },
  retire: { PROVISIONING: 'RETIRED', ACTIVE: 'RETIRED', FROZEN: 'RETIRED' },
}
const cases = acts.flatMap((what) => STATUSES.map((from) => [what, from, allowed[what][from]] as const))

describe('the lifecycle of a wallet', () => {
  async function walletIn(status: Status): Promise<{ client: Client; id: string }> {
    if (status === 'PROVISIONING') {
      const agent = await expectOk(still.admin.post<AgentView>('/v1/agents', { name: unique('agent') }))
      return { client: still.admin, id: (await walletOf(still.admin, agent.id)).id }
    }
    const { id } = await walletOf(app.admin, (await anAgent(app.admin)).id)
    if (status !== 'ACTIVE') await expectOk(act(app.admin, id, status === 'FROZEN' ? 'freeze' : 'retire'))
    return { client: app.admin, id }
  }

  it.each(cases.filter(([, , to]) => to !== undefined))(
    'allows %s of one that is %s: then it is %s',
    async (what, from, to) => {
      const { client, id } = await walletIn(from)
      expect(await expectOk(act(client, id, what, { reason: 'so' }))).toMatchObject({ id, status: to })
      const decisions = await expectOk(client.get<List<Record<string, unknown>>>('/v1/decisions?limit=1'))
      const type = { freeze: 'wallet.frozen', unfreeze: 'wallet.unfrozen', retire: 'wallet.retired' }[what]
      expect(decisions.data).toMatchObject([{ type, walletId: id, inputs: { reason: 'so' } }])
    },
  )

  it.each(cases.filter(([, , to]) => to === undefined))('refuses %s of one that is %s', async (what, from) => {
    const { client, id } = await walletIn(from)
    const before = await read(client, id)
    expectProblem(await act(client, id, what), 409, 'wallet.wrongStatus')
    expect((await read(client, id)).text).toBe(before.text)
  })

  it('does not end while its money is in flight', async () => {
    const { id: agentId } = await anAgent(app.admin, { capability: aCapability({ authorityLevel: 'PROPOSE' }) })
    const held = await expectOk(aPayment(app, { agentId }))
    expectProblem(await act(app.admin, held.walletId, 'retire'), 409, 'wallet.moneyInFlight')
    expect((await read(app.admin, held.walletId)).body.status).toBe('ACTIVE')
    await expectOk(app.admin.post(`/v1/payments/${held.id}/cancel`))
    expect(await expectOk(act(app.admin, held.walletId, 'retire'))).toMatchObject({ status: 'RETIRED' })
  })
})
