import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { createLog } from '#platform/log'
import { createDatabase, startApp, type TestApp } from '../../../test/support/app.ts'
import { Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { anAgent } from '../../../test/support/factories.ts'
import { aLog, exported, headOf, integrated, readTar } from '../../../test/support/log.ts'
import { DECISION_LOG } from '../../../test/support/settings.ts'
import { until } from '../../../test/support/until.ts'
import { parseCheckpoint } from './tree/checkpoint.ts'
import { leafHash, rootFromInclusion } from './tree/merkle.ts'

const PROCESS = fileURLToPath(new URL('../../../test/support/sequencer-process.ts', import.meta.url))
/** `WEDI_KILL_SEEDS=200` for the long run. */
const SEEDS = Number(process.env.WEDI_KILL_SEEDS ?? 3)

const closing: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const close of closing.reverse()) await close()
})

async function started(options: Parameters<typeof startApp>[0] = {}): Promise<TestApp> {
  const app = await startApp(options)
  closing.push(() => app.stop())
  return app
}

/** The same numbers for the same seed (mulberry32), from 0 up to, not including, `limit`. */
function randomOf(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

async function sequencerOf({ databaseUrl, masterKey }: TestApp): Promise<ChildProcess> {
  const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl, MASTER_KEY: masterKey }
  const child = spawn(process.execPath, [PROCESS], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  return child
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

describe('sequencers that are killed', () => {
  it(`leave no gap, no duplicate and no second head (${SEEDS} seeds, two processes each)`, {
    timeout: 60_000 + SEEDS * 10_000,
  }, async () => {
    const app = await started({ doesJobs: false })
    const { id } = await expectOk(app.admin.post<{ id: string }>('/v1/agents', { name: 'busy' }))
    const places = () =>
      app.query<{ entries: number; last: number; size: number; decisions: number }>(
        `select count(distinct leaf_index)::int as entries, coalesce(max(leaf_index) + 1, 0)::int as last,
           count(distinct decision_id)::int as decisions, coalesce((select max(size) from log_checkpoint
             where organization_id = (select organization_id from agent limit 1)), 0)::int as size
         from log_entry`,
      )
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = randomOf(seed)
      const two = await Promise.all([sequencerOf(app), sequencerOf(app)])
      const end = Promise.all(two.map((child) => pause(random(600)).then(() => killed(child))))
      for (let batch = 0; batch < 20; batch++) {
        const decisions = Array.from({ length: 1 + random(60) }, (_, n) => ({ inputs: { n } }))
        await expectOk(app.admin.post(`/v1/agents/${id}/decisions`, { decisions }))
      }
      await end
      const [{ entries, last, size, decisions } = { entries: -1, last: -1, size: -1, decisions: -1 }] = await places()
      expect({ seed, entries, size, decisions }).toEqual({ seed, entries: last, size: last, decisions: last })
    }
    const heir = await sequencerOf(app)
    await until('all is integrated', async () => (await app.query('select 1 from log_pending limit 1')).length === 0)
    await killed(heir)
    // The archive is refused unless the entries give the root of every checkpoint there ever was.
    const { status, tar } = await exported(app.admin)
    expect(status).toBe(200)
    const [count] = await app.query<{ count: number }>('select count(*)::int as count from agent_decision')
    expect(parseCheckpoint(String(readTar(tar).get('checkpoint')))?.size).toBe(count?.count)
  })
})

describe('records that come without a pause', () => {
  it('are signed together, ten times a second at most, also while a batch is under way', async () => {
    const app = await started()
    const { client, id, agentId } = await aLog(app, 1)
    const heads = async () => {
      const text = 'select count(*)::int as count from log_checkpoint where organization_id = $1'
      return (await app.query<{ count: number }>(text, [id]))[0]?.count ?? 0
    }
    const before = await heads()
    const begun = performance.now()
    for (let n = 0; n < 100; n++) await expectOk(client.post(`/v1/agents/${agentId}/decisions`, { inputs: { n } }))
    const signed = (await heads()) - before
    expect(signed).toBeLessThanOrEqual((performance.now() - begun) / 100 + 1)
  })
})

describe('a decision that cannot be written', () => {
  it('keeps its act from happening', async () => {
    const app = await started({ doesJobs: false })
    await app.query(
      "alter table log_pending add constraint nothing_more check (decision_id < '00000000-0000-0000-0000-000000000000') not valid",
    )
    expect((await app.admin.post('/v1/agents', { name: 'never' })).status).toBe(500)
    expect(await app.query('select 1 from agent')).toEqual([])
    await app.query('alter table log_pending drop constraint nothing_more')
    expect((await app.admin.post('/v1/agents', { name: 'now' })).status).toBe(201)
  })
})

describe('the keys', () => {
  it('change with an overlap, and what an earlier one signed still opens', async () => {
    const database = await createDatabase()
    closing.push(() => database.drop())
    const first = await startApp({ databaseUrl: database.url })
    const { client, id, agentId } = await aLog(first, 1)
    const { masterKey, adminKey } = first
    const before = { head: await headOf(client), keys: (await client.get('/v1/log/key')).text }
    await first.stop()
    for (const keyNumbers of [[1, 2], [2]]) {
      const app = await startApp({
        databaseUrl: database.url,
        masterKey,
        adminKey,
        decisionLog: { ...DECISION_LOG, keyNumbers },
      })
      const own = new Client(app.url, client.key)
      await expectOk(own.post(`/v1/agents/${agentId}/decisions`, { inputs: { keys: keyNumbers.join() } }))
      await integrated(own)
      const { text } = await headOf(own)
      expect(text.match(/^— \S+/gm)).toEqual(keyNumbers.map(() => `— wedi.test/log/${id}`))
      const keys = (await own.get('/v1/log/key')).text
      expect(keys.trimEnd().split('\n')).toHaveLength(2)
      expect(keys).toContain(before.keys)
      const { status, tar } = await exported(own)
      expect([status, [...readTar(tar).keys()].filter((name) => name.startsWith('keys/wedi')).length]).toEqual([200, 2])
      await app.stop()
    }
    expect(before.keys.trimEnd().split('\n')).toHaveLength(1)
  })

  it('a log that another key signed is not gone on with', async () => {
    const database = await createDatabase()
    closing.push(() => database.drop())
    const first = await startApp({ databaseUrl: database.url })
    await integrated(first.admin)
    await first.stop()
    const { masterKey, adminKey } = first
    const decisionLog = { ...DECISION_LOG, origin: 'wedi.other/log' }
    const app = await started({ databaseUrl: database.url, masterKey, adminKey, decisionLog })
    expectProblem(await app.admin.get('/v1/log/checkpoint'), 500, 'log.inconsistent')
  })
})

describe('the operator', () => {
  it('covers the head of every log, and an archive brings the receipt', async () => {
    const app = await started()
    const { client } = await aLog(app, 3)
    const files = await until('the head is covered', async () => {
      const found = readTar((await exported(client)).tar)
      return found.has('operator/proof') && found
    })
    const [, , ...rest] = String(files.get('operator/proof')).split('\n')
    const proof = rest.slice(0, rest.indexOf('')).map((each) => Buffer.from(each, 'base64'))
    const index = Number(/^index (\d+)$/m.exec(String(files.get('operator/proof')))?.[1])
    const head = parseCheckpoint(String(files.get('operator/checkpoint')))
    expect(head?.origin).toBe('wedi.test/log/operator')
    const [vkey = ''] = (await client.get('/v1/log/operator/key')).text.split('\n')
    expect([...files].find(([name]) => name.startsWith('keys/operator_'))?.[1].toString()).toBe(`${vkey}\n`)
    const published = await client.get('/v1/log/operator/checkpoint')
    expect(parseCheckpoint(published.text)?.origin).toBe('wedi.test/log/operator')
    const again = { 'if-none-match': published.headers.get('etag') as string }
    await until('it is the same for once', async () => {
      const { status, headers } = await client.get('/v1/log/operator/checkpoint', again)
      again['if-none-match'] = headers.get('etag') as string
      return status === 304
    })
    const leaf = leafHash(files.get('checkpoint') as Buffer)
    expect(rootFromInclusion(leaf, { index, size: head?.size ?? 0, proof })).toEqual(head?.root)
    expect(rest.slice(rest.indexOf('') + 1).join('\n')).toBe(String(files.get('operator/checkpoint')))
  })
})

describe('a log that is set back while no process runs', () => {
  it('is not gone on with by a new process: the operator covered a later head', async () => {
    const database = await createDatabase()
    closing.push(() => database.drop())
    const first = await startApp({ databaseUrl: database.url })
    const { client, id, agentId } = await aLog(first, 1)
    const before = await headOf(client)
    await expectOk(client.post(`/v1/agents/${agentId}/decisions`, { inputs: { gone: 'soon' } }))
    await integrated(client)
    const { size } = await headOf(client)
    await until('the later head is covered', async () => {
      const asked = 'select 1 from operator_entry where log_organization_id = $1 and size = $2'
      return (await first.query(asked, [id, size])).length > 0
    })
    await first.query(
      `do $$ begin set local session_replication_role = replica;
         delete from log_checkpoint where organization_id = '${id}' and size > ${before.size};
         delete from log_entry where organization_id = '${id}' and leaf_index >= ${before.size};
         update log_tile set hashes = substring(hashes for 32 * ${before.size}) where organization_id = '${id}'; end $$`,
    )
    await first.stop()
    const { masterKey, adminKey } = first
    const alarms: unknown[] = []
    const log = createLog('silent')
    log.error = (said: object) => alarms.push(said)
    const app = await started({ databaseUrl: database.url, masterKey, adminKey, log })
    const finding = `the checkpoint of size ${size} was there before and is not now`
    const own = new Client(app.url, client.key)
    await expectOk(own.post(`/v1/agents/${agentId}/decisions`, { inputs: { instead: 'of it' } }))
    await until('there is an alarm', async () =>
      alarms.some((said) => isDeepStrictEqual(said, { organizationId: id, finding })),
    )
    expect((await headOf(own)).text).toBe(before.text)
    expectProblem(await own.get('/v1/log/export'), 500, 'log.inconsistent')
    await until('the operator says so too', async () =>
      alarms.some((said) => JSON.stringify(said).includes('was covered before')),
    )
  })
})

describe('witnesses', () => {
  it('see each log grow, a file and an address alike, also when one was away', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'wedi-witness-'))
    closing.push(async () => rmSync(directory, { recursive: true, force: true }))
    const file = join(directory, 'witness')
    const seen: string[] = []
    let refusals = 2
    const server = createServer((request, reply) => {
      let text = ''
      request.setEncoding('utf8').on('data', (more) => {
        text += more
      })
      request.on('end', () => {
        if (refusals-- > 0) return reply.writeHead(503).end()
        seen.push(text)
        reply.writeHead(204).end()
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(async () => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const app = await started({ decisionLog: { ...DECISION_LOG, witnesses: [{ file }, { url }] } })
    const { client } = await aLog(app, 2)
    const { text } = await headOf(client)
    await until('both have seen the head', async () => seen.includes(text) && readFileSync(file, 'utf8').includes(text))
    // The file has each once, although the address refused twice.
    const notes = readFileSync(file, 'utf8')
      .split('\n\n')
      .filter((each) => each.startsWith('— ') === false)
    expect(new Set(notes).size).toBe(notes.length)
    await until('the operator is seen as well', async () =>
      seen.some((note) => note.startsWith('wedi.test/log/operator\n')),
    )
  })
})

describe('what an agent says it decided', () => {
  it('is refused with its place when the log could not keep it exactly', async () => {
    const app = await started()
    const agent = await anAgent(app.admin)
    const add = (body: unknown) => app.admin.post(`/v1/agents/${agent.id}/decisions`, body)
    const deep = (levels: number): unknown => (levels === 0 ? 'end' : { in: deep(levels - 1) })
    const many = (size: number) => Array.from({ length: size }, () => ({}))
    for (const [body, path] of [
      [{ inputs: { amount: 1.5 } }, '/inputs/amount'],
      [{ decisions: [{}, { inputs: { plan: { maxAmount: 5 } } }] }, '/decisions/1/inputs/plan/maxAmount'],
      [{ inputs: { long: 'x'.repeat(70_000) } }, '/inputs'],
      [{ inputs: deep(40) }, `/inputs${'/in'.repeat(31)}`],
      [{ inputs: { text: 'a\u0000b' } }, '/inputs/text'],
      [{ inputs: { text: '\ud800' } }, '/inputs/text'],
      [{ inputs: { count: 2 ** 53 } }, '/inputs/count'],
      [{ type: 'payment.confirmed' }, '/type'],
      [{ type: 'Payment' }, '/type'],
      [{ decisions: [{ type: 'agent.frozen' }] }, '/decisions/0/type'],
      [{ decisions: many(1001) }, '/decisions'],
      [{ decisions: [] }, '/decisions'],
      [{ decisions: [{}], inputs: {} }, '/decisions'],
      [{ reasons: Array.from({ length: 50 }, () => ({ code: 'a', text: 'x'.repeat(2000) })) }, '/reasons'],
      [{ verdict: 'MAYBE' }, '/verdict'],
      [{ nobody: 'knows' }, '/nobody'],
    ] as const) {
      const reply = await add(body)
      expectProblem(reply, 400, 'request.invalid')
      expect((reply.body as { errors?: { path: string }[] }).errors?.map((each) => each.path)).toContain(path)
    }
    expect(await expectOk(app.admin.get(`/v1/decisions?actor=${agent.id}`))).toMatchObject({ data: [] })
  })
})
