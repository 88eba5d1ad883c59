import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { freePort } from '../../src/embedded/process.ts'
import { expectOk } from '../support/client.ts'
import { aCapability, unique } from '../support/factories.ts'
import { until } from '../support/until.ts'
import { atEnd, chainOf, closeAll, launch, newHome, startWedi } from './process.ts'
import { aPayer, balanceOf, confirmed, engineToCome, newAccount, pay, sentBy } from './story.ts'

/** How the process comes up and goes down, and what it says when it cannot. */

const STOPS_WITHIN_MS = 10_000
const ENGINE = { THIRDWEB_ENGINE_URL: 'http://127.0.0.1:1', THIRDWEB_ENGINE_TOKEN: 'a-token' }
const QUEUE = { ...ENGINE, THIRDWEB_ENGINE_MODE: 'queue' }
const HOSTED = { THIRDWEB_SECRET_KEY: 'a-secret' }
const A_KEY = 'wedi_sk_0123456789AB0123456789012345678901234567890123456789012xxxxxx'
const chains = (...given: object[]) => JSON.stringify(given)
const base = { chain: 'eip155:8453', rpcUrl: 'http://127.0.0.1:1' }

afterAll(closeAll)

describe.concurrent('a wrong setting stops the start, is named, and says what is expected', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['PORT', { PORT: 'http' }, /whole number from 0 to 65535/],
    ['PORT', { PORT: '65536' }, /whole number from 0 to 65535/],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }, /one of fatal, error/],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://127.0.0.1/wedi' }, /postgres:\/\//],
    ['WEDI_MASTER_KEY', { DATABASE_URL: 'postgres://127.0.0.1/wedi' }, /must be given with DATABASE_URL/],
    ['WEDI_MASTER_KEY', { WEDI_MASTER_KEY: 'short' }, /at least 32 characters/],
    ['WEDI_ADMIN_KEY', { WEDI_ADMIN_KEY: A_KEY }, /well-formed wedi_sk_ key/],
    ['WEDI_DEMO', { WEDI_DEMO: 'yes' }, /one of 0, 1/],
    ['WEDI_TRUSTED_PROXIES', { WEDI_TRUSTED_PROXIES: 'everybody' }, /addresses or networks/],
    ['WEDI_RATE_LIMIT', { WEDI_RATE_LIMIT: '0' }, /whole number from 1/],
    ['WEDI_LOG_ORIGIN', { WEDI_LOG_ORIGIN: 'https://wedi.example/log' }, /without a scheme/],
    ['WEDI_FAILED_KEYS', { WEDI_FAILED_KEYS: 'few' }, /whole number from 1/],
    ['WEDI_KEY_PEPPERS', { WEDI_KEY_PEPPERS: '0' }, /numbers of the peppers/],
    ['WEDI_LOG_KEYS', { WEDI_LOG_KEYS: '1,1' }, /numbers of the keys/],
    ['WEDI_LOG_WITNESS', { WEDI_LOG_WITNESS: 'ftp://wedi.example' }, /files or http/],
    ['WEDI_WEBHOOK_PRIVATE_ADDRESSES', { WEDI_WEBHOOK_PRIVATE_ADDRESSES: 'yes' }, /one of 0, 1/],
    ['WEDI_CHAINS', { WEDI_CHAINS: 'eip155:8453' }, /a JSON array/],
    ['WEDI_CHAINS', { WEDI_CHAINS: '[]' }, /a JSON array/],
    ['WEDI_CHAINS', { WEDI_CHAINS: chains({ ...base, chain: '8453' }) }, /\/0\/chain/],
    ['WEDI_CHAINS', { WEDI_CHAINS: chains({ ...base, rpcUrl: 'ws://127.0.0.1:1' }) }, /\/0\/rpcUrl/],
    ['WEDI_CHAINS', { WEDI_CHAINS: chains(base, base) }, /names a chain twice/],
    ['THIRDWEB_ENGINE_URL', { ...ENGINE, THIRDWEB_ENGINE_URL: 'engine' }, /begins with http/],
    ['THIRDWEB_ENGINE_URL', { ...ENGINE, THIRDWEB_ENGINE_URL: '' }, /must be given with THIRDWEB_ENGINE_TOKEN/],
    ['THIRDWEB_ENGINE_TOKEN', { ...ENGINE, THIRDWEB_ENGINE_TOKEN: '' }, /must be given with THIRDWEB_ENGINE_URL/],
    ['THIRDWEB_ENGINE_MODE', { ...ENGINE, THIRDWEB_ENGINE_MODE: 'both' }, /one of signer, queue/],
    ['THIRDWEB_ENGINE_MODE', { THIRDWEB_ENGINE_MODE: 'queue' }, /needs THIRDWEB_ENGINE_URL/],
    ['THIRDWEB_ENGINE_WEBHOOK_SECRET', { ...ENGINE, THIRDWEB_ENGINE_WEBHOOK_SECRET: 'x'.repeat(32) }, /MODE=queue/],
    ['THIRDWEB_ENGINE_WEBHOOK_SECRET', { THIRDWEB_ENGINE_WEBHOOK_SECRET: 'x'.repeat(32) }, /MODE=queue/],
    ['THIRDWEB_ENGINE_WEBHOOK_SECRET', { ...QUEUE, THIRDWEB_ENGINE_WEBHOOK_SECRET: 'short' }, /at least 16 characters/],
    ['THIRDWEB_SECRET_KEY', { THIRDWEB_SECRET_KEY: 'two words' }, /without spaces/],
    ['THIRDWEB_VAULT_TOKEN', { ...HOSTED, THIRDWEB_VAULT_TOKEN: 'clé' }, /visible ASCII/],
    ['THIRDWEB_VAULT_TOKEN', { THIRDWEB_VAULT_TOKEN: 'a-token' }, /needs THIRDWEB_SECRET_KEY/],
    ['THIRDWEB_API_URL', { THIRDWEB_API_URL: 'http://127.0.0.1:1' }, /needs THIRDWEB_SECRET_KEY/],
    ['THIRDWEB_API_URL', { ...HOSTED, THIRDWEB_API_URL: 'thirdweb' }, /begins with http/],
    ['WEDI_WALLET_PROVIDER', { ...ENGINE, ...HOSTED }, /which of thirdweb-engine and thirdweb/],
    ['WEDI_WALLET_PROVIDER', { ...ENGINE, WEDI_WALLET_PROVIDER: 'thirdweb' }, /THIRDWEB_SECRET_KEY/],
    ['WEDI_WALLET_PROVIDER', { WEDI_WALLET_PROVIDER: 'metamask' }, /one of local, thirdweb-engine/],
    ['WEDI_WALLET_PROVIDER', { WEDI_WALLET_PROVIDER: 'thirdweb-engine' }, /THIRDWEB_ENGINE_URL/],
  ])('%s given as %j', async (name, env, expected) => {
    const refused = launch(newHome(), env)
    expect(await refused.exited).toMatchObject({ code: 1 })
    const said = refused.output()
    expect(said).toMatch(new RegExp(`^Wedi cannot start: .*${name}\\b`))
    expect(said).toMatch(expected)
    expect(said.trim().split('\n')).toHaveLength(1)
  })
})

describe('a start', () => {
  it('on a port that is taken says so and names another, and the home can be used at once', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    atEnd(async () => other.close())
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const home = newHome()
    const refused = launch(home, { PORT: String(port) })
    expect(await refused.exited).toMatchObject({ code: 1 })
    expect(refused.output()).toMatch(new RegExp(`^Wedi cannot start: Port ${port} on 127.0.0.1 is taken: .*PORT=`, 'm'))
    expect(refused.output()).not.toMatch(/^\s+at /m)
    await (await startWedi({ home })).kill('SIGTERM')
  })

  it('on a home that another uses is refused plainly and does not disturb the first', async () => {
    const home = newHome()
    const first = await startWedi({ home })
    const second = launch(home, { PORT: String(await freePort()) })
    expect(await second.exited).toMatchObject({ code: 1 })
    const said = `Wedi cannot start: Another Wedi (process ${first.pid}) uses ${home}; stop it or set another WEDI_HOME.`
    expect(second.output().trim()).toBe(said)
    const { token } = await chainOf(first)
    const { id: agentId } = await aPayer(first.client, token)
    const { body } = await pay(first.client, { agentId, asset: token, payee: newAccount(), amount: 1n })
    await confirmed(first.client, [body.id])
  })
})

describe('SIGTERM', () => {
  it('lets requests in hand come to an end, exits 0, and nothing accepted is lost or done twice', async () => {
    const home = newHome()
    const before = await startWedi({ home })
    const { token } = await chainOf(before)
    const { id: agentId, address } = await aPayer(before.client, token)
    const payees = Array.from({ length: 20 }, newAccount)
    let answered = 0
    const asked = payees.map(async (payee) => {
      const reply = await pay(before.client, { agentId, asset: token, payee, amount: 1n }).catch(() => undefined)
      answered += 1
      return reply
    })
    await until('some are answered', async () => answered > 0)
    const { code, afterMs } = await before.kill('SIGTERM')
    expect([code, afterMs < STOPS_WITHIN_MS]).toEqual([0, true])
    expect(before.output()).not.toMatch(/did not stop cleanly/)
    // A connection that was not taken any more is no answer; what was taken was answered.
    const ids = (await Promise.all(asked)).flatMap((reply) => (reply?.status === 201 ? [reply.body.id] : []))
    expect(ids.length).toBeGreaterThan(0)

    const after = await startWedi({ home })
    const { data } = await expectOk(after.client.get<{ data: { id: string }[] }>('/v1/payments?limit=200'))
    expect(data.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
    await confirmed(after.client, ids)
    const { node } = await chainOf(after)
    expect(await sentBy(node, address)).toBe(ids.length)
    expect(new Set(await Promise.all(payees.map((payee) => balanceOf(node, token, payee))))).not.toContain(2n)
  })

  it('ends it in time also while an Engine does not answer', async () => {
    const { env, start } = await engineToCome('signer')
    const wedi = await startWedi({ env })
    const engine = await start((await chainOf(wedi)).rpcUrl)
    engine.fail('get-all', 'hang')
    await expectOk(wedi.client.post('/v1/agents', { name: unique('agent'), capability: aCapability() }))
    await until('it waits for Engine', async () => (engine.requests.get('get-all') ?? 0) > 0)
    const { code, afterMs } = await wedi.kill('SIGTERM')
    expect([code, afterMs < STOPS_WITHIN_MS]).toEqual([0, true])
  })
})
