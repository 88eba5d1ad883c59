import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { type Client, expectOk, type Reply } from '../support/client.ts'
import { unique } from '../support/factories.ts'
import { wayTo } from '../support/outage.ts'
import { until } from '../support/until.ts'
import { atEnd, closeAll, newHome, startWedi, type Wedi } from './process.ts'

/** PostgreSQL is killed while many write. */

const CALLERS = 16
/** Within this a request is answered, whatever became of the database. */
const ANSWERED_MS = 1_000
/** Within this after its return everything works again. */
const BACK_MS = 5_000
const WARM = 100
const REFUSED = 50
/** Each of these writes waits for a disk. */
const PATIENTLY = { deadlineMs: 40_000 }
const TEST_MS = 120_000

afterAll(closeAll)

interface Asked {
  readonly key: string
  readonly status: number
  readonly ms: number
  readonly at: number
}

interface TaskView {
  readonly id: string
}

const ask = (client: Client, key: string): Promise<Reply<TaskView>> =>
  client.post<TaskView>('/v1/tasks', { type: 'survey', payload: { key } }, { 'idempotency-key': key })

/** Callers who write one task after the other until they are told to stop, and keep what they were told. */
function load(client: Client) {
  const asked: Asked[] = []
  let isOver = false
  const call = async (): Promise<void> => {
    while (!isOver) {
      const key = unique('task')
      const from = performance.now()
      const { status } = await ask(client, key)
      asked.push({ key, status, ms: performance.now() - from, at: from })
    }
  }
  const callers = Promise.all(Array.from({ length: CALLERS }, call))
  return {
    asked,
    count: (status: number) => asked.filter((each) => each.status === status).length,
    async stop() {
      isOver = true
      await callers
    },
  }
}

/** A database of its own, reached over a way that stays the same through its deaths. */
async function outside() {
  const directory = join(newHome(), 'postgres')
  let postgres = await startEmbeddedPostgres({ directory })
  atEnd(() => postgres.stop())
  const way = await wayTo(postgres.url)
  atEnd(way.close)
  const wedi = await startWedi({ env: { DATABASE_URL: way.url, WEDI_MASTER_KEY: 'a'.repeat(43) } })
  return {
    wedi,
    kill: async () => {
      killPostmaster(directory)
      await postgres.exited
    },
    bring: async () => {
      postgres = await startEmbeddedPostgres({ directory })
      way.lead(postgres.url)
    },
  }
}

/** The one that comes with Wedi, which brings it back itself. */
async function embedded() {
  const wedi = await startWedi()
  return {
    wedi,
    kill: async () => killPostmaster(join(wedi.home, 'postgres')),
    bring: async () => undefined,
  }
}

function killPostmaster(directory: string): void {
  process.kill(Number.parseInt(readFileSync(join(directory, 'postmaster.pid'), 'utf8'), 10), 'SIGKILL')
}

const isReady = async ({ client }: Wedi) => (await client.as(undefined).get('/health/ready')).status

describe.each([
  ['outside', outside],
  ['of our own', embedded],
])('when a PostgreSQL %s is killed under load', (_name, begin) => {
  it(
    'every request is answered at once, all works again by itself, and nothing acknowledged is lost or done twice',
    async () => {
      const { wedi, kill, bring } = await begin()
      const { client } = wedi
      const writing = load(client)
      await until('many are written', async () => writing.count(201) >= WARM, PATIENTLY)

      const killedAt = performance.now()
      await kill()
      await until('health says so', async () => (await isReady(wedi)) === 503)
      expect(performance.now() - killedAt).toBeLessThan(ANSWERED_MS)
      expect((await client.as(undefined).get('/health/live')).status).toBe(200)
      await until('callers are refused', async () => writing.count(503) >= REFUSED)
      await bring()
      const backAt = performance.now()
      const before = writing.count(201)
      await until('health says so', async () => (await isReady(wedi)) === 200)
      await until('callers write again', async () => writing.count(201) >= before + WARM, PATIENTLY)
      const [firstAfter] = writing.asked.filter(({ status, at }) => status === 201 && at > backAt)
      expect((firstAfter?.at ?? Number.POSITIVE_INFINITY) - backAt).toBeLessThan(BACK_MS)
      await writing.stop()

      expect([...new Set(writing.asked.map(({ status }) => status))].toSorted()).toEqual([201, 503])
      const refused = writing.asked.filter(({ status, at }) => status === 503 && at < backAt)
      expect(Math.max(...refused.map(({ ms }) => ms))).toBeLessThan(ANSWERED_MS)
      await expectKept(client, writing.asked)
    },
    TEST_MS,
  )
})

/** Asked again with the same key, who was told yes is told the same; who was not, is told yes now; each has one task. */
async function expectKept(client: Client, asked: readonly Asked[]): Promise<void> {
  const again = async ({ key, status }: Asked) => {
    const { status: now, headers } = await ask(client, key)
    expect(now).toBe(201)
    if (status === 201) expect(headers.get('idempotency-replayed')).toBe('true')
  }
  for (let from = 0; from < asked.length; from += CALLERS) {
    await Promise.all(asked.slice(from, from + CALLERS).map(again))
  }
  const seen = new Map<string, number>()
  for (let cursor = ''; ; ) {
    const page = await expectOk(
      client.get<{ data: { payload: { key: string } }[]; nextCursor: string | null }>(
        `/v1/tasks?limit=200&type=survey${cursor}`,
      ),
    )
    for (const { payload } of page.data) seen.set(payload.key, (seen.get(payload.key) ?? 0) + 1)
    if (page.nextCursor === null) break
    cursor = `&cursor=${page.nextCursor}`
  }
  expect([...seen].toSorted()).toEqual(asked.map(({ key }): [string, number] => [key, 1]).toSorted())
}
