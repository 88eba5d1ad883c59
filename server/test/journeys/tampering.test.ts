import { sign } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyRing } from '#platform/crypto'
import { checkpointName, type Files, linesOf, tarOf, tilesOf, treeOf } from '../../../cli/test/support/archive.ts'
import type { Entry } from '../../../cli/test/support/decisions.ts'
import {
  type Exhibit,
  fileOf,
  isWithoutGo,
  judge,
  judgeWithGo,
  removeDirectories,
} from '../../../cli/test/support/judges.ts'
import { checkpointOf, newSigner, type Signer } from '../../../cli/test/support/log.ts'
import { logKeys } from '../../src/modules/decisions/log/keys.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type Client, expectOk } from '../support/client.ts'
import { expectProblem } from '../support/expect-problem.ts'
import { anAgent, anOrganization } from '../support/factories.ts'
import { aLog } from '../support/log.ts'
import { until } from '../support/until.ts'

/**
 * What the owner of the database can do to a log, past every trigger and policy, and with an archive made by hand from
 * what is then in the tables: the server is not asked, for its owner would not ask it either.
 */

const BATCHES = 5
const PER_BATCH = 60
const CHANGED = 150

let app: TestApp
let ours: Organization
let theirs: Organization

interface Organization {
  readonly id: string
  readonly client: Client
  readonly keys: readonly string[]
  /** What a witness kept. */
  readonly note: string
}

beforeAll(async () => {
  app = await startApp()
  ours = await organizationWithLog()
  theirs = await organizationWithLog()
}, 120_000)

afterAll(async () => {
  removeDirectories()
  await app.stop()
})

async function organizationWithLog(): Promise<Organization> {
  const { admin: client, id } = await anOrganization(app)
  const agent = await anAgent(client)
  for (let batch = 0; batch < BATCHES; batch++) {
    const decisions = Array.from({ length: PER_BATCH }, (_, at) => ({ inputs: { note: `${batch}/${at}`, why: 'so' } }))
    await expectOk(client.post(`/v1/agents/${agent.id}/decisions`, { decisions }))
    await until('everything is in the tree', async () => {
      const [row] = await app.query<{ count: string }>('select count(*) from log_pending where organization_id = $1', [
        id,
      ])
      return row?.count === '0'
    })
  }
  const { text: key } = await client.get('/v1/log/key')
  const { text: note } = await client.get('/v1/log/checkpoint')
  return { id, client, keys: key.trim().split('\n'), note }
}

interface Owner {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  entries(): Promise<Entry[]>
}

/** The tables as an archive. */
async function archiveOf(owner: Owner, { isRebuilt }: { isRebuilt: boolean }): Promise<Files> {
  const files: Files = new Map()
  const add = (name: string, content: string | Buffer) => files.set(name, Buffer.from(content))
  const heads = await owner.query<{ size: string; note: string }>(
    'select size, note from log_checkpoint where organization_id = $1 order by log_checkpoint.size',
    [ours.id],
  )
  const { size = '0', note = '' } = heads.at(-1) ?? {}
  const origin = note.slice(0, note.indexOf('\n'))
  const manifest = { format: 'wedi-log-archive@v1', origin, organizationId: ours.id, size: Number(size), rules: '1' }
  add('manifest.json', JSON.stringify(manifest))
  add('checkpoint', note)
  for (const head of heads) add(checkpointName(Number(head.size)), head.note)
  const entries = await owner.entries()
  add('entries.ndjson', linesOf(entries))
  const tiles = isRebuilt ? [...tilesOf(treeOf(entries))] : await storedTiles(owner, Number(size))
  for (const [name, hashes] of tiles) add(name, hashes)
  return files
}

async function storedTiles(owner: Owner, size: number): Promise<[string, Buffer][]> {
  const rows = await owner.query<{ level: number; index: string; hashes: Buffer }>(
    'select level, tile_index as index, hashes from log_tile where organization_id = $1',
    [ours.id],
  )
  return rows.map(({ level, index, hashes }) => {
    const width = Math.min(256, Math.floor(size / 256 ** level) - Number(index) * 256)
    const path = `tile/${level}/${index.padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`
    return [path, hashes.subarray(0, width * 32)]
  })
}

/** Everything in one transaction that is given up in the end: the next finds the tables as they were. */
async function asOwner<T>(act: (owner: Owner) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: app.databaseUrl })
  await client.connect()
  const query: Owner['query'] = async (text, values) => (await client.query(text, values)).rows as never
  const entries = () =>
    query<Entry & { redacted: never }>(
      `select d.leaf, s.inputs, s.salts from log_entry e
       join agent_decision d on d.organization_id = e.organization_id and d.id = e.decision_id
       left join decision_disclosure s on s.organization_id = e.organization_id and s.decision_id = e.decision_id
       where e.organization_id = $1 order by e.leaf_index`,
      [ours.id],
    )
  try {
    await query('begin')
    await query(`set local session_replication_role = replica`)
    return await act({ query, entries })
  } finally {
    await client.query('rollback')
    await client.end()
  }
}

const AT = `(select decision_id from log_entry where organization_id = $1 and leaf_index = ${CHANGED})`
const decisionAt = `agent_decision.organization_id = $1 and agent_decision.id = ${AT}`
const shift = (by: number) =>
  `update log_entry set leaf_index = leaf_index + ${by * 1_000_000} where organization_id = $1 and leaf_index >= ${CHANGED}`
const settle = (by: number) =>
  `update log_entry set leaf_index = leaf_index - ${by * 1_000_000 - by} where organization_id = $1 and leaf_index >= 1000000`

const blame = [
  `update agent_decision set actor = 'agent:somebody', leaf = replace(leaf, actor, 'agent:somebody') where ${decisionAt}`,
]
const insertion = [
  shift(1),
  settle(1),
  `insert into agent_decision (organization_id, id, type, actor, subject, leaf, leaf_hash, occurred_at)
   select organization_id, '0192f0c1-0000-7000-8000-0000000000ff', type, actor, subject,
     replace(leaf, id::text, '0192f0c1-0000-7000-8000-0000000000ff'), leaf_hash, occurred_at
   from agent_decision where organization_id = $1 and id =
     (select decision_id from log_entry where organization_id = $1 and leaf_index = ${CHANGED + 1})`,
  `insert into decision_disclosure (organization_id, decision_id, inputs, salts)
   select organization_id, '0192f0c1-0000-7000-8000-0000000000ff', inputs, salts from decision_disclosure
   where organization_id = $1 and decision_id =
     (select decision_id from log_entry where organization_id = $1 and leaf_index = ${CHANGED + 1})`,
  `insert into log_entry (organization_id, leaf_index, decision_id)
   values ($1, ${CHANGED}, '0192f0c1-0000-7000-8000-0000000000ff')`,
]
const deletion = [
  `delete from agent_decision where ${decisionAt}`,
  `delete from log_entry where organization_id = $1 and leaf_index = ${CHANGED}`,
  shift(1),
  `update log_entry set leaf_index = leaf_index - 1000001 where organization_id = $1 and leaf_index >= 1000000`,
]
const reordering = [
  `update log_entry set leaf_index = case leaf_index when ${CHANGED} then 9000001 else 9000000 end
   where organization_id = $1 and leaf_index in (${CHANGED}, ${CHANGED + 1})`,
  `update log_entry set leaf_index = leaf_index - 9000000 + ${CHANGED} where organization_id = $1 and leaf_index >= 9000000`,
]
const truncation = [`delete from log_entry where organization_id = $1 and leaf_index >= ${CHANGED}`]
const EARLIER = `(select size from log_checkpoint where organization_id = $1 and size < 200 order by size desc limit 1)`
const rollback = [
  `delete from log_checkpoint where organization_id = $1 and size > ${EARLIER}`,
  `delete from log_entry where organization_id = $1 and leaf_index >=
     (select max(size) from log_checkpoint where organization_id = $1)`,
]
const value = [
  `update decision_disclosure set inputs = jsonb_set(inputs, '{note}', '"another"')
   where organization_id = $1 and decision_id = ${AT}`,
]
const salt = [
  `update decision_disclosure set salts = jsonb_set(salts, '{note}', '"AAAAAAAAAAAAAAAAAAAAAA=="')
   where organization_id = $1 and decision_id = ${AT}`,
]
const swapped = [
  `update log_checkpoint set note = other.note, root = other.root from log_checkpoint other
   where log_checkpoint.organization_id = $1 and other.organization_id = $2
     and log_checkpoint.size = (select max(size) from log_checkpoint where organization_id = $1)
     and other.size = (select max(size) from log_checkpoint where organization_id = $2)`,
]

const SEEN = /is not the one that was signed|is missing|is beyond|are not those|is not the one over/

/** Without a mark: the stored tiles stay; the owner may also make them anew. */
const matrix: [name: string, statements: string[], found: RegExp, onlyOurs?: true][] = [
  ['edit', blame, SEEN],
  ['delete', deletion, SEEN],
  ['insert', insertion, SEEN],
  ['reorder', reordering, SEEN],
  ['truncate', truncation, SEEN],
  ['edit a value', value, /a value or salt of note/, true],
  ['replace a salt', salt, /a value or salt of note/, true],
  ['swap organisations', swapped, /signed by none of the keys/],
]

async function exhibitOf(files: Files, evidence: Partial<Exhibit> = {}): Promise<Exhibit> {
  return {
    archive: fileOf(tarOf(files)),
    keys: ours.keys,
    witnesses: [fileOf(ours.note)],
    isReplayed: true,
    ...evidence,
  }
}

async function expectFound(exhibit: Exhibit, what: RegExp, onlyOurs = false): Promise<void> {
  const said = await judge(exhibit)
  expect(said).toMatchObject({ code: 1, failure: { what: expect.stringMatching(what) } })
  if (isWithoutGo) return
  expect((await judgeWithGo(exhibit)).code).toBe(onlyOurs ? 0 : 1)
}

describe("what the database's owner does is found from outside", () => {
  it('finds nothing before', async () => {
    const files = await asOwner((owner) => archiveOf(owner, { isRebuilt: false }))
    const said = await judge(await exhibitOf(files))
    expect(said).toMatchObject({ code: 0, witnessed: 1 })
    const downloaded = fileOf(await download(ours.client))
    expect(await judge({ archive: downloaded, keys: ours.keys, isReplayed: true })).toMatchObject({ code: 0 })
  })

  for (const isRebuilt of [false, true]) {
    it.each(matrix)(
      `finds %s, tiles ${isRebuilt ? 'made anew' : 'as they were'}`,
      async (_name, statements, found, onlyOurs) => {
        const files = await asOwner(async (owner) => {
          for (const text of statements) {
            await owner.query(text, text.includes('$2') ? [ours.id, theirs.id] : [ours.id])
          }
          return archiveOf(owner, { isRebuilt })
        })
        await expectFound(await exhibitOf(files), found, onlyOurs)
      },
    )
  }

  it('finds a log that was rolled back', async () => {
    const files = await asOwner(async (owner) => {
      for (const text of rollback) await owner.query(text, [ours.id])
      return archiveOf(owner, { isRebuilt: true })
    })
    expect(await judge(await exhibitOf(files, { witnesses: [] }))).toMatchObject({ code: 0 })
    await expectFound(await exhibitOf(files), /rolled back/)
  })

  it('finds a log that was signed anew, by another key or as a second history by its own', async () => {
    const resigned = (signer: Signer) =>
      asOwner(async (owner) => {
        for (const text of blame) await owner.query(text, [ours.id])
        const entries = await owner.entries()
        const files = await archiveOf(owner, { isRebuilt: true })
        for (const name of files.keys()) {
          const size = name === 'checkpoint' ? entries.length : Number(/^checkpoints\/0*(\d+)$/.exec(name)?.[1])
          if (size > 0) files.set(name, Buffer.from(checkpointOf(treeOf(entries), size, [signer])))
        }
        return files
      })
    const origin = ours.note.slice(0, ours.note.indexOf('\n'))
    await expectFound(await exhibitOf(await resigned(newSigner(origin))), /signed by none of the keys/)
    const second = await resigned(ownSigner(origin))
    expect(await judge(await exhibitOf(second, { witnesses: [] }))).toMatchObject({ code: 0 })
    await expectFound(await exhibitOf(second), /two histories were signed/)
  })
})

describe('what the log does not say is not shown', () => {
  const forgeries: [string, string][] = [
    ['another verdict', `update agent_decision set verdict = 'ALLOW' where id = $1`],
    ['another actor', `update agent_decision set actor = 'agent:somebody' where id = $1`],
    ['no agent', 'update agent_decision set agent_id = null where id = $1'],
    ['another version', 'update agent_decision set version_id = id where id = $1'],
    ['another hash', `update agent_decision set leaf_hash = sha256('x') where id = $1`],
    ['a leaf that is none', `update agent_decision set leaf = 'nothing' where id = $1`],
    ['another value', `update decision_disclosure set inputs = inputs || '{"why": "other"}' where decision_id = $1`],
    ['a value nobody gave', `update decision_disclosure set inputs = inputs || '{"more": 1}' where decision_id = $1`],
    ['a value without its salt', `update decision_disclosure set salts = salts - 'why' where decision_id = $1`],
  ]

  it.each(forgeries)('refuses %s, in a decision, a list and an archive', async (_what, statement) => {
    const { client, decisions } = await aLog(app, 2)
    const [forged, kept] = decisions.map(({ id }) => id)
    await app.query(
      `do $$ begin set local session_replication_role = replica; ${statement.replace('$1', `'${forged}'`)}; end $$`,
    )
    const redaction = { fields: ['n'], reason: 'asked for' }
    for (const answer of [
      client.get(`/v1/decisions/${forged}`),
      client.get('/v1/decisions'),
      client.get('/v1/log/export'),
      client.post(`/v1/decisions/${forged}/redact`, redaction),
    ]) {
      expectProblem(await answer, 500, 'log.inconsistent')
    }
    expect((await client.get(`/v1/decisions/${kept}`)).status).toBe(200)
  })
})

/** The log's own key, which its owner has. */
function ownSigner(origin: string): Signer {
  const logs = logKeys(keyRing(app.masterKey), { origin: origin.replace(`/${ours.id}`, ''), keyNumbers: [1] })
  const [signer] = logs.signersOf(ours.id)
  if (!signer) throw new Error('the log has no key')
  const { name, vkey, keyId, privateKey } = signer
  expect(ours.keys).toContain(vkey)
  const signature = (text: string) => Buffer.concat([keyId, sign(null, Buffer.from(text), privateKey)])
  return { name, vkey, sign: (text) => `— ${name} ${signature(text).toString('base64')}\n` }
}

async function download(client: Client): Promise<Buffer> {
  const answer = await fetch(`${app.url}/v1/log/export`, { headers: { authorization: `Bearer ${client.key}` } })
  expect(answer.status).toBe(200)
  return Buffer.from(await answer.arrayBuffer())
}
