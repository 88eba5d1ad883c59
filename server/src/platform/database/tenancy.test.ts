import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../embedded/postgres.ts'
import { isUnavailable } from './errors.ts'
import { createReader, type Reader } from './prisma.ts'
import { PlatformPool, TenantPool } from './tenant-pool.ts'

const A = '0193a000-0000-7000-8000-00000000000a'
const B = '0193b000-0000-7000-8000-00000000000b'
/** Both organisations have a row under this id, so that only the tenant can tell them apart. */
const WALLET = '0193c000-0000-7000-8000-00000000000c'
const CHAIN = 'eip155:1'
const NONCE_OF: Record<string, bigint> = { [A]: 10n ** 15n, [B]: 2n * 10n ** 15n }

const ROUNDS = 200
/** Fewer connections than questions in flight, so that each connection serves both organisations in turn. */
const CONNECTIONS = 3

/** One table of the real schema, which Prisma's client knows, and one for what it does not have. */
const TABLES = `
  create role tenancy_app nologin;
  create table wallet_nonce (
    organization_id uuid not null, wallet_id uuid not null, chain text not null, next_nonce bigint not null,
    primary key (organization_id, wallet_id, chain));
  create table sample (
    organization_id uuid not null, amount numeric(78, 0), amounts numeric(78, 0)[], count int8, at timestamptz(3),
    ats timestamptz(3)[], day date, document jsonb);
  grant select, insert, update, delete on wallet_nonce, sample to tenancy_app;
  alter table wallet_nonce enable row level security;
  alter table wallet_nonce force row level security;
  alter table sample enable row level security;
  alter table sample force row level security;
  create policy tenant on wallet_nonce using (organization_id = nullif(current_setting('app.org', true), '')::uuid);
  create policy tenant on sample using (organization_id = nullif(current_setting('app.org', true), '')::uuid);
  insert into wallet_nonce values ('${A}', '${WALLET}', '${CHAIN}', ${NONCE_OF[A]}), ('${B}', '${WALLET}', '${CHAIN}', ${NONCE_OF[B]});`

const NONCES = { name: 'test.nonces', text: 'select organization_id, next_nonce as nonce from wallet_nonce' }
type Nonce = { organization_id: string; nonce: bigint }

let folder: string
let server: EmbeddedPostgres
/** The superuser, to do to the server what no tenant may. */
let owner: pg.Client
let pool: TenantPool
let reader: Reader

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wedi-tenancy-'))
  server = await startEmbeddedPostgres({ directory: join(folder, 'data'), settings: { fsync: 'off' } })
  owner = new pg.Client({ connectionString: server.url })
  await owner.connect()
  await owner.query(TABLES)
  pool = poolOf(CONNECTIONS)
  reader = createReader(pool)
}, 120_000)

afterAll(async () => {
  await pool.end()
  await owner.end()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}, 30_000)

function poolOf(max: number, rewrite = (text: string) => text): TenantPool {
  return new TenantPool({ connectionString: server.url, role: 'tenancy_app', max, rewrite })
}

/** Runs the test on a pool of one connection, so that what it leaves behind is what the next statement finds. */
async function onOneConnection(test: (pool: TenantPool) => Promise<void>): Promise<void> {
  const single = poolOf(1)
  try {
    await test(single)
  } finally {
    await single.end()
  }
}

async function select(on: TenantPool, text: string, organizationId = A): Promise<unknown> {
  const { rows } = await on.tenantQuery<{ value: unknown }>(organizationId, { text: `select (${text}) as value` })
  return rows[0]?.value
}

const pidOf = (on: TenantPool) => select(on, 'pg_backend_pid()')

const terminate = (pid: unknown) => owner.query('select pg_terminate_backend($1, 5000)', [pid])

async function isSleeping(pid: unknown): Promise<boolean> {
  const { rowCount } = await owner.query(`select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'`, [
    pid,
  ])
  return rowCount === 1
}

const KEY = { walletId: WALLET, chain: CHAIN }
const uniqueKeyOf = (organizationId: string) => ({ organizationId_walletId_chain: { organizationId, ...KEY } })

/** Every way to read the nonce of whoever asks, and one that asks for the other's; each gives the nonces it saw. */
function askEveryWay(tenant: string, other: string): Promise<(bigint | undefined)[]>[] {
  const through = (find: Parameters<Reader['read']>[1]) =>
    reader.read(tenant, find).then((row) => [(row as { nextNonce: bigint } | null)?.nextNonce])
  return [
    through((prisma) => prisma.walletNonce.findFirst({ where: KEY })),
    through((prisma) => prisma.walletNonce.findUnique({ where: uniqueKeyOf(tenant) })),
    through((prisma) => prisma.walletNonce.findUniqueOrThrow({ where: uniqueKeyOf(tenant) })),
    through((prisma) => prisma.walletNonce.findUnique({ where: uniqueKeyOf(other) })).then((seen) => [
      ...seen.filter((nonce) => nonce !== undefined),
      NONCE_OF[tenant],
    ]),
    reader.read(tenant, (prisma) => prisma.walletNonce.findMany()).then((rows) => rows.map((row) => row.nextNonce)),
    pool.tenantQuery<Nonce>(tenant, NONCES).then(({ rows }) => rows.map(({ nonce }) => nonce)),
    pool.tenantQuery<Nonce>(tenant, { text: NONCES.text }).then(({ rows }) => rows.map(({ nonce }) => nonce)),
    pool.transaction(tenant, async (transaction) => {
      const first = await transaction.query<Nonce>(NONCES)
      const second = await transaction.query<Nonce>({ text: `${NONCES.text} where wallet_id = $1`, values: [WALLET] })
      return [...first.rows, ...second.rows].map(({ nonce }) => nonce)
    }),
  ]
}

describe('two organisations on the same connections', () => {
  it(`never see each other's rows, however their questions interleave`, async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [first, second] = round % 2 === 0 ? [A, B] : [B, A]
      // Neighbours in one tick are of different organisations: what Prisma would send together.
      const pairs = askEveryWay(first, second).flatMap((asked, way) => {
        const answered = askEveryWay(second, first)[way]
        return answered === undefined
          ? []
          : [asked.then((seen) => ({ tenant: first, seen })), answered.then((seen) => ({ tenant: second, seen }))]
      })
      for (const { tenant, seen } of await Promise.all(pairs)) {
        expect(seen.length).toBeGreaterThan(0)
        expect(new Set(seen)).toEqual(new Set([NONCE_OF[tenant]]))
      }
    }
  }, 120_000)

  it('cannot write a row for each other', async () => {
    const insert = { text: 'insert into sample (organization_id) values ($1)', values: [B] }
    await expect(pool.tenantQuery(A, insert)).rejects.toMatchObject({ code: '42501' })
    await expect(pool.transaction(A, (transaction) => transaction.query(insert))).rejects.toMatchObject({
      code: '42501',
    })
  })
})

describe('without an organisation', () => {
  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['something that is no id', 'a'],
    ['an id with more behind it', `${A}', true); drop table sample; --`],
  ])('refuses a statement: %s', async (_case, organizationId) => {
    const tenant = organizationId as string
    await expect(pool.tenantQuery(tenant, { text: 'select 1' })).rejects.toThrow('id of its organisation')
    await expect(pool.transaction(tenant, async () => 1)).rejects.toThrow('id of its organisation')
    await expect(reader.read(tenant, (prisma) => prisma.walletNonce.count())).rejects.toThrow()
  })

  it('refuses Prisma after the read is over', async () => {
    const kept = await reader.read(A, async (prisma) => ({ prisma }))
    await expect(kept.prisma.walletNonce.count()).rejects.toThrow('whose rows?')
  })

  it('shows nothing on a connection that a tenant has used', async () => {
    const plain = new PlatformPool({ connectionString: server.url, role: 'tenancy_app', max: 1 })
    expect((await plain.query('select * from wallet_nonce')).rows).toEqual([])
    await plain.end()
  })
})

describe('the setting', () => {
  it('does not outlive its statement or its transaction', () =>
    onOneConnection(async (single) => {
      const { rows } = await single.tenantQuery<Nonce>(A, NONCES)
      expect(rows.map((row) => row.organization_id)).toEqual([A])
      await single.transaction(B, (transaction) => transaction.query(NONCES))
      expect(await settingLeftBehind(single)).toBe('')
    }))

  it('does not outlive an error', () =>
    onOneConnection(async (single) => {
      await expect(single.tenantQuery(A, { text: 'select 1 / 0' })).rejects.toMatchObject({ code: '22012' })
      await expect(
        single.transaction(A, (transaction) => transaction.query({ text: 'select 1 / 0' })),
      ).rejects.toMatchObject({ code: '22012' })
      expect(await settingLeftBehind(single)).toBe('')
    }))

  /** After a ROLLBACK of its own, the connection is seen as it is between two statements. */
  async function settingLeftBehind(single: TenantPool): Promise<string | undefined> {
    let left: string | undefined
    const looking = single.transaction(A, async (transaction) => {
      await transaction.query({ text: 'rollback' })
      const { rows } = await transaction.query<{ org: string }>({ text: `select current_setting('app.org') as org` })
      left = rows[0]?.org
    })
    await expect(looking).rejects.toThrow('from inside')
    return left
  }
})

describe('a connection', () => {
  it.each([
    [
      'a statement that fails when it runs',
      { name: 'test.division', text: 'select 1 / $1::int', values: [0] },
      '22012',
    ],
    ['a statement that cannot be parsed', { name: 'test.nonsense', text: 'selec 1' }, '42601'],
    ['a value of the wrong kind', { name: 'test.kind', text: 'select $1::uuid', values: ['x'] }, '22P02'],
    ['two statements at once', { text: 'select 1; select 2' }, '42601'],
  ])('serves the next tenant after %s', (_case, failing, code) =>
    onOneConnection(async (single) => {
      const pid = await pidOf(single)
      await expect(single.tenantQuery(A, failing)).rejects.toMatchObject({ code })
      await expect(single.tenantQuery(A, failing)).rejects.toMatchObject({ code })
      await expect(single.transaction(A, (transaction) => transaction.query(failing))).rejects.toMatchObject({ code })
      expect((await single.tenantQuery<Nonce>(B, NONCES)).rows).toEqual([{ organization_id: B, nonce: NONCE_OF[B] }])
      expect(await pidOf(single)).toBe(pid)
    }),
  )

  it('serves the next tenant after an error of ours inside a transaction', () =>
    onOneConnection(async (single) => {
      const pid = await pidOf(single)
      const failure = new Error('not allowed')
      await expect(single.transaction(A, () => Promise.reject(failure))).rejects.toBe(failure)
      expect(await pidOf(single)).toBe(pid)
    }))

  it.each([
    ['its prepared statements are gone', 'deallocate all'],
    ['a statement leaves a transaction open', 'begin'],
  ])('is replaced when %s', (_case, text) =>
    onOneConnection(async (single) => {
      const pid = await pidOf(single)
      await single.tenantQuery(A, { text }).catch(() => undefined)
      // One more may still meet the old connection: the error that tells is its own.
      await single.tenantQuery(A, NONCES).catch(() => undefined)
      expect((await single.tenantQuery<Nonce>(B, NONCES)).rows).toEqual([{ organization_id: B, nonce: NONCE_OF[B] }])
      expect(await pidOf(single)).not.toBe(pid)
      expect(single.load.total).toBe(1)
    }),
  )

  it('is replaced when it breaks while nobody uses it', () =>
    onOneConnection(async (single) => {
      const pid = await pidOf(single)
      await terminate(pid)
      await expect.poll(() => single.load.total).toBe(0)
      expect(await pidOf(single)).not.toBe(pid)
    }))

  it('is replaced when it breaks in the middle of a transaction', () =>
    onOneConnection(async (single) => {
      const pid = await pidOf(single)
      const breaking = single.transaction(A, async (transaction) => {
        await terminate(pid)
        await transaction.query(NONCES)
      })
      await expect(breaking).rejects.toSatisfy(isUnavailable)
      expect(await pidOf(single)).not.toBe(pid)
    }))

  it('is replaced when it breaks in the middle of a statement', () =>
    onOneConnection(async (single) => {
      const pid = await pidOf(single)
      const sleeping = single.tenantQuery(A, { text: 'select pg_sleep(10)' })
      const broken = expect(sleeping).rejects.toSatisfy(isUnavailable)
      await expect.poll(() => isSleeping(pid)).toBe(true)
      await terminate(pid)
      await broken
      expect(await pidOf(single)).not.toBe(pid)
    }))

  it('prepares a named statement once', () =>
    onOneConnection(async (single) => {
      for (const tenant of [A, B, A]) await single.tenantQuery(tenant, NONCES)
      await single.transaction(B, (transaction) => transaction.query(NONCES))
      const { rows } = await single.tenantQuery<{ name: string; uses: bigint }>(A, {
        text: `select name, generic_plans + custom_plans as uses from pg_prepared_statements where name like 'test.%'`,
      })
      expect(rows).toEqual([{ name: NONCES.name, uses: 4n }])
    }))

  it('refuses two texts under one name', () =>
    onOneConnection(async (single) => {
      await single.tenantQuery(A, { name: 'test.same', text: 'select 1' })
      await expect(single.tenantQuery(A, { name: 'test.same', text: 'select 2' })).rejects.toThrow('must be unique')
      expect(await select(single, '1')).toBe(1)
    }))

  it('runs as the role it was given, with limits on time', async () => {
    expect(await select(pool, 'current_user')).toBe('tenancy_app')
    expect(await select(pool, `current_setting('statement_timeout')`)).toBe('15s')
    expect(await select(pool, `current_setting('lock_timeout')`)).toBe('5s')
    expect(await select(pool, `current_setting('idle_in_transaction_session_timeout')`)).toBe('10s')
  })
})

describe('a transaction', () => {
  const countSamples = () => select(pool, 'select count(*) from sample')
  const insert = { text: 'insert into sample (organization_id) values ($1)', values: [A] }

  it('commits all, or nothing when it throws', async () => {
    const before = (await countSamples()) as bigint
    await pool.transaction(A, (transaction) => transaction.query(insert))
    expect(await countSamples()).toBe(before + 1n)
    const failing = pool.transaction(A, async (transaction) => {
      await transaction.query(insert)
      throw new Error('changed our mind')
    })
    await expect(failing).rejects.toThrow('changed our mind')
    expect(await countSamples()).toBe(before + 1n)
  })

  it('does not pass for committed when the error of a statement was swallowed', async () => {
    const before = await countSamples()
    const swallowing = pool.transaction(A, async (transaction) => {
      await transaction.query(insert)
      await transaction.query({ text: 'select 1 / 0' }).catch(() => undefined)
    })
    await expect(swallowing).rejects.toThrow('swallowed')
    expect(await countSamples()).toBe(before)
  })

  it('does not pass for committed when something that was sent without waiting failed', async () => {
    const before = await countSamples()
    const sending = pool.transaction(A, async (transaction) => {
      await transaction.query(insert)
      transaction.send({ text: 'select 1 / 0' })
    })
    await expect(sending).rejects.toThrow('division by zero')
    expect(await countSamples()).toBe(before)
  })

  const circle: { self?: unknown } = {}
  circle.self = circle
  it.each([
    ['a bigint in a document', { amount: 1n }],
    ['a circle', circle],
    ['a circle in an array', [circle]],
  ])('is not committed with a statement that could not be written: %s', async (_case, document) => {
    const before = await countSamples()
    const unwritable = {
      text: 'insert into sample (organization_id, document) values ($1, $2)',
      values: [A, document],
    }
    const sends = pool.transaction(A, async ({ query, send }) => {
      await query(insert)
      send(unwritable)
    })
    await expect(sends).rejects.toThrow(TypeError)
    const swallows = pool.transaction(A, async ({ query }) => {
      await query(insert)
      await query(unwritable).catch(() => undefined)
    })
    await expect(swallows).rejects.toThrow(TypeError)
    expect(await countSamples()).toBe(before)
  })

  it('may not be ended from inside, nor used after its end', async () => {
    await expect(pool.transaction(A, (transaction) => transaction.query({ text: 'commit' }))).rejects.toThrow(
      'from inside',
    )
    const kept = await pool.transaction(A, async (transaction) => transaction)
    await expect(kept.query({ text: 'select 1' })).rejects.toThrow('has ended')
  })

  it('has the isolation and access it asks for', async () => {
    const setting = { text: `select current_setting('transaction_isolation') as isolation` }
    const { rows } = await pool.transaction(A, (transaction) => transaction.query(setting), {
      isolation: 'serializable',
    })
    expect(rows).toEqual([{ isolation: 'serializable' }])
    const writing = pool.transaction(A, (transaction) => transaction.query(insert), { access: 'read only' })
    await expect(writing).rejects.toMatchObject({ code: '25006' })
  })
})

describe('Prisma here', () => {
  it('reads, and has nothing that writes or leaves the organisation', () =>
    reader.read(A, async (prisma) => {
      expect(Object.keys(prisma.walletNonce).sort()).toEqual([
        'aggregate',
        'count',
        'findFirst',
        'findFirstOrThrow',
        'findMany',
        'findUnique',
        'findUniqueOrThrow',
        'groupBy',
      ])
      for (const name of [
        '$transaction',
        '$queryRaw',
        '$queryRawUnsafe',
        '$executeRaw',
        '$executeRawUnsafe',
        '$extends',
      ]) {
        expect(name in prisma).toBe(false)
      }
      expect(await prisma.walletNonce.count()).toBe(1)
      const sum = await prisma.walletNonce.aggregate({ _sum: { nextNonce: true } })
      expect(sum._sum.nextNonce).toBe(NONCE_OF[A])
    }))

  it('does not take a missing part of a key for «any»', () =>
    reader.read(A, async (prisma) => {
      const missing = undefined as unknown as string
      const where = { organizationId_walletId_chain: { organizationId: A, walletId: missing, chain: CHAIN } }
      await expect(prisma.walletNonce.findUnique({ where })).rejects.toThrow('every field')
    }))
})

describe('types of raw rows', () => {
  const typed = `select $1::numeric(78, 0) as amount, array[$1, null]::numeric[] as amounts, 9007199254740993::int8 as count,
    '2026-01-02 03:04:05.678+02'::timestamptz as at, array['2026-01-02Z']::timestamptz[] as ats, '{"a": [1]}'::jsonb as document`

  it('are exact: bigint for whole numbers of any size, Date for moments', async () => {
    const amount = 2n ** 256n - 1n
    const { rows } = await pool.tenantQuery(A, { text: typed, values: [amount] })
    expect(rows).toEqual([
      {
        amount,
        amounts: [amount, null],
        count: 9007199254740993n,
        at: new Date('2026-01-02T01:04:05.678Z'),
        ats: [new Date('2026-01-02T00:00:00Z')],
        document: { a: [1] },
      },
    ])
  })

  it.each([
    ['a fraction', '1.5::numeric'],
    ['NaN', `'NaN'::numeric`],
    ['a moment at no time', `'infinity'::timestamptz`],
    ['a date without a zone', `'2026-01-02'::date`],
  ])('refuse %s', async (_case, text) => {
    await expect(select(pool, text)).rejects.toThrow(TypeError)
    expect(await select(pool, '1')).toBe(1)
  })
})

it('rewrites every statement, so that a test can prove what row-level security does', async () => {
  const texts: string[] = []
  const watched = poolOf(1, (text) => {
    texts.push(text)
    return text
  })
  await watched.tenantQuery(A, { text: 'select 1' })
  await watched.transaction(A, (transaction) => transaction.query({ text: 'select 2' }))
  await createReader(watched).read(A, (prisma) => prisma.walletNonce.count())
  expect(texts).toEqual(['select 1', 'select 2', expect.stringContaining('wallet_nonce')])
  await watched.end()
})
