import { createHash } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import {
  aLog,
  all,
  type DecisionView,
  expectProven,
  exported,
  headOf,
  integrated,
  readTar,
} from '../../../test/support/log.ts'
import { until } from '../../../test/support/until.ts'
import { parseCheckpoint } from './tree/checkpoint.ts'
import { GrowingTree, leafHash, nodeHash } from './tree/merkle.ts'

/** What is recorded can be proven to whoever holds the key, and a change behind our back stops everything. */

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

/** As the database's owner, with every trigger off. */
const tamper = (text: string, values: unknown[] = []) =>
  app.query(
    `do $$ begin set local session_replication_role = replica; ${text.replace(/\$(\d)/g, (_, n) => `'${values[Number(n) - 1]}'`)}; end $$`,
  )

describe('a recorded decision', () => {
  it('gets a place, and a receipt under a checkpoint that is signed', async () => {
    const { client, id, decisions } = await aLog(app, 600)
    const head = await headOf(client)
    expect(head.origin).toBe(`wedi.test/log/${id}`)
    expect(head.size).toBeGreaterThanOrEqual(600)
    expect(new Set(decisions.map(({ leafIndex }) => leafIndex)).size).toBe(600)
    for (const decision of [decisions[0], decisions[311], decisions[599]] as DecisionView[]) {
      expect(decision.leafHash).toBe(createHash('sha256').update('\0').update(decision.leaf).digest('base64'))
      const { status, text, headers } = await client.get(`/v1/decisions/${decision.id}/proof`)
      expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
      expectProven(text, decision)
    }
  })
})

describe('the checkpoint', () => {
  it('is short-lived in caches and not sent twice', async () => {
    const { client } = await aLog(app, 1)
    const { headers } = await headOf(client)
    expect(headers.get('cache-control')).toBe('private, max-age=1')
    const again = await client.get('/v1/log/checkpoint', { 'if-none-match': headers.get('etag') as string })
    expect([again.status, again.text]).toEqual([304, ''])
    expect(headers.get('vary')).toMatch(/authorization/i)
    const etag = headers.get('etag') as string
    for (const [named, status] of [
      [`"other", ${etag}`, 304],
      [`W/${etag}`, 304],
      ['*', 304],
      ['"other"', 200],
    ] as const) {
      expect([named, (await client.get('/v1/log/checkpoint', { 'if-none-match': named })).status]).toEqual([
        named,
        status,
      ])
    }
  })
})

describe('before anything is integrated', () => {
  it('there is no receipt and no checkpoint, and both say to ask again', async () => {
    const idle = await startApp({ doesJobs: false })
    try {
      const { data } = await expectOk(idle.admin.get<{ data: DecisionView[] }>('/v1/decisions'))
      const receipt = await idle.admin.get(`/v1/decisions/${data[0]?.id}/proof`)
      expectProblem(receipt, 409, 'decision.notIntegrated')
      expect(receipt.headers.get('retry-after')).toBe('1')
      expectProblem(await idle.admin.get('/v1/log/checkpoint'), 409, 'log.behind')
      expectProblem(await idle.admin.get('/v1/log/operator/checkpoint'), 409, 'log.behind')
      expectProblem(await idle.admin.get('/v1/log/consistency?from=0&to=0'), 409, 'log.behind')
      expectProblem(await idle.admin.get('/v1/log/export'), 409, 'log.behind')
      expectProblem(await idle.admin.get('/v1/log/tile/0/000'), 404, 'log.notFound')
    } finally {
      await idle.stop()
    }
  })
})

describe('tiles', () => {
  it('are those of tlog-tiles, hash for hash and entry for entry, also when they are partial', async () => {
    const { client } = await aLog(app, 300)
    const { size } = await headOf(client)
    const tileAt = async (path: string) => {
      const reply = await fetch(`${client.url}/v1/log/tile/${path}`, {
        headers: { authorization: `Bearer ${client.key}` },
      })
      return {
        status: reply.status,
        bytes: Buffer.from(await reply.arrayBuffer()),
        cache: reply.headers.get('cache-control'),
      }
    }
    const [first, second, above] = [
      await tileAt('0/000'),
      await tileAt(`0/001.p/${size - 256}`),
      await tileAt('1/000.p/1'),
    ]
    expect([first.bytes.length, second.bytes.length, above.bytes.length]).toEqual([8192, (size - 256) * 32, 32])
    expect(first.cache).toBe('private, max-age=31536000, immutable')
    const tree = new GrowingTree()
    for (let at = 0; at < 256; at++) tree.add(first.bytes.subarray(at * 32, at * 32 + 32))
    expect(tree.root()).toEqual(above.bytes)
    const bundle = (await tileAt('entries/000')).bytes
    let at = 0
    for (let index = 0; index < 256; index++) {
      const length = bundle.readUInt16BE(at)
      expect(leafHash(bundle.subarray(at + 2, at + 2 + length))).toEqual(
        first.bytes.subarray(index * 32, index * 32 + 32),
      )
      at += 2 + length
    }
    expect(at).toBe(bundle.length)
    // A narrower one is its beginning; one that the signed head does not reach is none.
    expect((await tileAt('0/000.p/7')).bytes).toEqual(first.bytes.subarray(0, 7 * 32))
    for (const path of ['0/001', `0/001.p/${size - 255}`, '1/000', '0/x999/000', '0/000.p/256']) {
      expect([path, (await tileAt(path)).status]).toEqual([path, 404])
    }
  })
})

describe('a consistency proof', () => {
  it('leads from an earlier checkpoint to a later one', async () => {
    const { client, agentId } = await aLog(app, 3)
    const before = await headOf(client)
    await expectOk(client.post(`/v1/agents/${agentId}/decisions`, { inputs: { n: 'one more' } }))
    await integrated(client)
    const after = await headOf(client)
    const asked = `from=${before.size}&to=${after.size}`
    const { proof } = await expectOk(client.get<{ proof: string[] }>(`/v1/log/consistency?${asked}`))
    // Checked by hand for the simplest case there is: the smaller tree is a node of the larger.
    if (before.size === 4 && after.size === 5) {
      expect(nodeHash(before.root, Buffer.from(proof[0] as string, 'base64'))).toEqual(after.root)
    }
    expect(proof.length).toBeGreaterThan(0)
    expect((await expectOk(client.get<{ proof: string[] }>('/v1/log/consistency'))).proof).toEqual([])
    for (const wrong of ['from=2&to=1', `from=1&to=${after.size + 1}`, 'from=-1&to=1', 'from=1.5']) {
      expectProblem(await client.get(`/v1/log/consistency?${wrong}`), 400, 'request.invalid')
    }
  })
})

describe('the archive', () => {
  it('holds everything that is needed to check it, and nothing that is redacted', async () => {
    const { client, id, decisions } = await aLog(app, 300)
    const [decision] = decisions as [DecisionView]
    const receipt = (await client.get(`/v1/decisions/${decision.id}/proof`)).text
    const body = { fields: ['n'], reason: 'asked for' }
    const shown = await expectOk(client.post<DecisionView>(`/v1/decisions/${decision.id}/redact`, body))
    expect([shown.inputs, shown.redacted]).toEqual([{ why: 'so' }, ['n']])
    await integrated(client)
    const { status, tar, headers } = await exported(client)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-tar'])
    const files = readTar(tar)
    const manifest = JSON.parse(String(files.get('manifest.json')))
    expect(manifest).toMatchObject({
      format: 'wedi-log-archive@v1',
      origin: `wedi.test/log/${id}`,
      organizationId: id,
      rules: '1',
    })
    const head = parseCheckpoint(String(files.get('checkpoint')))
    expect(head?.size).toBe(manifest.size)
    const entries = String(files.get('entries.ndjson'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const tree = new GrowingTree()
    for (const { leaf, index } of entries) {
      expect(index).toBe(tree.size)
      tree.add(leafHash(leaf))
      const kept = files.get(`checkpoints/${String(tree.size).padStart(20, '0')}`)
      if (kept) expect(parseCheckpoint(String(kept))?.root).toEqual(tree.root())
    }
    expect([tree.size, tree.root()]).toEqual([head?.size, head?.root])
    expect(files.get('tile/0/000')?.length).toBe(8192)
    expect(files.get(`tile/0/001.p/${tree.size - 256}`)?.length).toBe((tree.size - 256) * 32)
    expect(entries.filter(({ redacted }) => redacted).map(({ index, redacted }) => [String(index), redacted])).toEqual([
      [decision.leafIndex, ['n']],
    ])
    expectProven(receipt, decision)
    expectProven((await client.get(`/v1/decisions/${decision.id}/proof`)).text, decision)
  })
})

describe('an export of a log that grows', () => {
  it('takes the beginnings of tiles that grew after its head was read', async () => {
    const { client, id } = await aLog(app, 3)
    const writer = new pg.Client({ connectionString: app.databaseUrl })
    await writer.connect()
    try {
      await writer.query('begin')
      await writer.query('lock table log_tile in access exclusive mode')
      const reply = exported(client)
      await until('the export waits for the tiles', async () => {
        const waiting = await app.query(
          `select 1 from pg_locks where relation = 'log_tile'::regclass and mode = 'AccessShareLock' and not granted`,
        )
        return waiting.length > 0
      })
      // Meanwhile there is no second one of this organisation.
      const second = await client.get('/v1/log/export')
      expectProblem(second, 429, 'request.tooMany')
      expect(second.headers.get('retry-after')).toBe('5')
      await writer.query(`update log_tile set hashes = hashes || sha256('next') where organization_id = $1`, [id])
      await writer.query('commit')
      expect((await reply).status).toBe(200)
    } finally {
      await writer.end()
    }
  })

  it('is never taken for a change', async () => {
    const { client, agentId } = await aLog(app, 3)
    let isDone = false
    const writes = (async () => {
      while (!isDone) await expectOk(client.post(`/v1/agents/${agentId}/decisions`, { inputs: { more: 'of it' } }))
    })()
    for (let count = 0; count < 15; count++) expect((await exported(client)).status).toBe(200)
    isDone = true
    await writes
  })
})

describe('a redaction', () => {
  it('takes value and salt out of the database, says so in the log, and is not done twice', async () => {
    const { client, agentId } = await aLog(app, 1)
    const secret = 'Ada Lovelace of 12 St James Square'
    const add = () => {
      const inputs = { name: secret, city: 'London' }
      const once = { 'idempotency-key': 'added-once' }
      return client.post<DecisionView>(`/v1/agents/${agentId}/decisions`, { inputs }, once)
    }
    const { id } = await expectOk(add())
    /** Every row of every table, and what a repeated call is answered. */
    const dump = async () => {
      const [{ text } = { text: '' }] = await app.query<{ text: string }>(
        "select schema_to_xml('public', true, false, '')::text as text",
      )
      return text + JSON.stringify((await add()).body)
    }
    expect(await dump()).toContain(secret)
    const redact = (fields: string[]) => client.post(`/v1/decisions/${id}/redact`, { fields, reason: 'asked for' })
    expect((await redact(['name'])).status).toBe(200)
    expect(await dump()).not.toContain(secret)
    expectProblem(await redact(['name']), 409, 'decision.alreadyRedacted')
    expectProblem(await redact(['city', 'name']), 409, 'decision.alreadyRedacted')
    expectProblem(await redact(['nobody']), 400, 'request.invalid')
    const [said] = await all(client, 'type=decision.redacted')
    expect(said).toMatchObject({ subject: `decision:${id}`, inputs: { fields: ['name'], reason: 'asked for' } })
    // What explains the gap cannot be taken away itself.
    expectProblem(
      await client.post(`/v1/decisions/${said?.id}/redact`, { fields: ['fields'], reason: 'no' }),
      400,
      'request.invalid',
    )
    const { inputs } = await expectOk(client.get<DecisionView>(`/v1/decisions/${id}`))
    expect(inputs).toEqual({ city: 'London' })
  })
})

describe('a change by the owner of the database', () => {
  const changes: [string, (log: Awaited<ReturnType<typeof aLog>>) => Promise<unknown>][] = [
    [
      'an edited leaf',
      ({ decisions }) =>
        tamper(`update agent_decision set leaf = replace(leaf, 'agent.decided', 'agent.decidex') where id = $1`, [
          decisions[1]?.id,
        ]),
    ],
    [
      'an edited leaf with its hash',
      ({ decisions }) =>
        tamper(
          `update agent_decision set leaf = replace(leaf, 'agent.decided', 'agent.decidex'), leaf_hash = sha256('\\x00'::bytea || convert_to(replace(leaf, 'agent.decided', 'agent.decidex'), 'UTF8')) where id = $1`,
          [decisions[1]?.id],
        ),
    ],
    [
      'an edited value',
      ({ decisions }) =>
        tamper(`update decision_disclosure set inputs = inputs || '{"why": "other"}' where decision_id = $1`, [
          decisions[1]?.id,
        ]),
    ],
    [
      'a replaced salt',
      ({ decisions }) =>
        tamper(
          `update decision_disclosure set salts = salts || '{"why": "AAAAAAAAAAAAAAAAAAAAAA=="}' where decision_id = $1`,
          [decisions[1]?.id],
        ),
    ],
    ['a deleted decision', ({ decisions }) => tamper('delete from agent_decision where id = $1', [decisions[1]?.id])],
    ['a deleted place', ({ decisions }) => tamper('delete from log_entry where decision_id = $1', [decisions[1]?.id])],
    [
      'two places exchanged',
      ({ id, decisions: [a, b] }) =>
        tamper(
          `delete from log_entry where decision_id in ($1, $2);
           insert into log_entry (organization_id, leaf_index, decision_id) values ($3, $4, $2), ($3, $5, $1)`,
          [a?.id, b?.id, id, a?.leafIndex, b?.leafIndex],
        ),
    ],
    [
      'a changed tile',
      ({ id }) =>
        tamper(
          `update log_tile set hashes = sha256('x') || substring(hashes from 33) where level = 0 and organization_id = $1`,
          [id],
        ),
    ],
    [
      'a forged head',
      ({ id }) => tamper(`update log_checkpoint set root = sha256('x') where organization_id = $1`, [id]),
    ],
    ['a cut tail', ({ id }) => tamper('delete from log_entry where organization_id = $1 and leaf_index > 2', [id])],
    [
      'a decision that was never to be integrated',
      ({ id }) =>
        tamper(
          `insert into agent_decision (organization_id, id, type, actor, subject, leaf, leaf_hash, occurred_at) values ($1, gen_random_uuid(), 'payment.confirmed', 'a', 's', '{}', '', now())`,
          [id],
        ),
    ],
  ]

  it.each(changes)('%s: no archive is handed out', async (_what, change) => {
    const log = await aLog(app, 5)
    expect((await exported(log.client)).status).toBe(200)
    await change(log)
    const { status, tar } = await exported(log.client)
    expect([status, JSON.parse(String(tar)).code]).toEqual([500, 'log.inconsistent'])
  })

  it('in the tiles or the head: no receipt, no proof, and nothing is added or signed any more', async () => {
    const { client, id, agentId, decisions } = await aLog(app, 5)
    const { size } = await headOf(client)
    await tamper(
      `update log_tile set hashes = sha256('x') || substring(hashes from 33) where level = 0 and organization_id = $1`,
      [id],
    )
    expectProblem(await client.get(`/v1/decisions/${decisions[0]?.id}/proof`), 500, 'log.inconsistent')
    expectProblem(await client.get('/v1/log/consistency?from=1'), 500, 'log.inconsistent')
    expectProblem(await client.get('/v1/log/consistency?from=1&to=3'), 500, 'log.inconsistent')
    expectProblem(await client.get('/v1/log/tile/0/000.p/1'), 500, 'log.inconsistent')
    expectProblem(await client.get('/v1/log/tile/0/000.p/3'), 500, 'log.inconsistent')
    expectProblem(await client.get('/v1/log/tile/entries/000.p/3'), 500, 'log.inconsistent')
    await expectOk(client.post(`/v1/agents/${agentId}/decisions`, { inputs: { after: 'it' } }))
    const other = await aLog(app, 1)
    expect(other.decisions).toHaveLength(1)
    expect((await headOf(client)).size).toBe(size)
    const forged = await aLog(app, 1)
    await tamper(`update log_checkpoint set note = replace(note, '— wedi', '— xedi') where organization_id = $1`, [
      forged.id,
    ])
    expectProblem(await forged.client.get('/v1/log/checkpoint'), 500, 'log.inconsistent')
  })

  it('a log set back to an earlier head is not gone on with by who saw the later one', async () => {
    const { client, id, agentId } = await aLog(app, 1)
    const before = await headOf(client)
    await expectOk(client.post(`/v1/agents/${agentId}/decisions`, { inputs: { gone: 'soon' } }))
    await integrated(client)
    const { size } = before
    await tamper(
      `delete from log_checkpoint where organization_id = $1 and size > $2; delete from log_entry where organization_id = $1 and leaf_index >= $2;
       update log_tile set hashes = substring(hashes for 32 * $2) where organization_id = $1`.replaceAll(
        '$2',
        String(size),
      ),
      [id],
    )
    await expectOk(client.post(`/v1/agents/${agentId}/decisions`, { inputs: { instead: 'of it' } }))
    await aLog(app, 1)
    expect((await headOf(client)).text).toBe(before.text)
  })
})
