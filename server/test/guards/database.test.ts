import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDrift } from '../../../database/tools/drift.ts'
import { makePartitions } from '../../../database/tools/partitions.ts'
import '../../src/app.ts'
import { statementCatalogue } from '#platform/database/statement'
import { createDatabase, startApp } from '../support/app.ts'
import { until } from '../support/until.ts'

/** What the database itself must hold against a mistake of the application. Changed on purpose, or not at all. */

const ROLES = ['wedi_app', 'wedi_platform']

/** Of no organisation, and granted to nobody. */
const PLATFORM_TABLES = ['_prisma_migrations']

const OWN = `(organization_id = ( SELECT (NULLIF(current_setting('app.org'::text, true), ''::text))::uuid AS "nullif"))`

/** Beside `own_organization` of every table, the platform's look where no organisation can be named yet. */
const PLATFORM_POLICIES = [
  'agent_instance ALL',
  'api_key SELECT',
  'chain_transaction SELECT',
  'health_bucket ALL',
  'health_mark SELECT',
  'idempotency_record ALL',
  'instance_span ALL',
  'job ALL',
  'limit_counter ALL',
  'log_checkpoint SELECT',
  'log_pending SELECT',
  'organization SELECT',
  'task_queue SELECT',
  'wallet_book ALL',
]

/** Where the platform does not see every row. */
const PLATFORM_SEES: Readonly<Record<string, string>> = {
  chain_transaction: '(submission_key IS NOT NULL)',
}

const GRANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  wedi_app: {
    ability: 'DELETE,INSERT,SELECT,UPDATE',
    agent: 'INSERT,SELECT,UPDATE',
    agent_checkpoint: 'INSERT,SELECT',
    agent_decision: 'INSERT,SELECT',
    agent_health: 'DELETE,INSERT,SELECT,UPDATE',
    agent_instance: 'INSERT,SELECT,UPDATE',
    agent_seat: 'INSERT,SELECT,UPDATE',
    agent_interaction: 'INSERT,SELECT,UPDATE',
    api_key: 'INSERT,SELECT,UPDATE',
    approval: 'INSERT,SELECT,UPDATE',
    capability: 'INSERT,SELECT',
    chain_transaction: 'DELETE,INSERT,SELECT,UPDATE',
    decision_disclosure: 'INSERT,SELECT,UPDATE',
    fairness_share: 'INSERT,SELECT,UPDATE',
    health_bucket: 'INSERT,SELECT,UPDATE',
    health_mark: 'DELETE,INSERT,SELECT',
    health_sample: 'INSERT,SELECT',
    idempotency_record: 'INSERT,SELECT,UPDATE',
    instance_span: 'INSERT,SELECT,UPDATE',
    job: 'INSERT,SELECT,UPDATE',
    limit_counter: 'INSERT,SELECT,UPDATE',
    log_checkpoint: 'INSERT,SELECT',
    log_entry: 'INSERT,SELECT',
    log_pending: 'DELETE,INSERT,SELECT',
    log_tile: 'INSERT,SELECT,UPDATE',
    operator_entry: 'INSERT,SELECT',
    organization: 'INSERT,SELECT,UPDATE',
    payment: 'INSERT,SELECT,UPDATE',
    reconciliation_break: 'INSERT,SELECT,UPDATE',
    reservation: 'INSERT,SELECT,UPDATE',
    spending_limit: 'INSERT,SELECT,UPDATE',
    task: 'INSERT,SELECT,UPDATE',
    task_lane: 'INSERT,SELECT,UPDATE',
    task_queue: 'INSERT,SELECT,UPDATE',
    wallet: 'INSERT,SELECT,UPDATE',
    wallet_book: 'INSERT,SELECT,UPDATE',
    wallet_nonce: 'INSERT,SELECT,UPDATE',
  },
  wedi_platform: {
    agent_instance: 'DELETE,SELECT',
    api_key: 'SELECT',
    chain_transaction: 'SELECT',
    health_bucket: 'DELETE,SELECT',
    health_mark: 'SELECT',
    idempotency_record: 'DELETE,SELECT',
    instance_span: 'DELETE,SELECT',
    job: 'DELETE,SELECT,UPDATE',
    limit_counter: 'DELETE,SELECT',
    log_checkpoint: 'SELECT',
    log_pending: 'SELECT',
    organization: 'SELECT',
    task_queue: 'SELECT',
    wallet_book: 'INSERT,SELECT,UPDATE',
  },
}

/** Keys that do not begin with the organisation, and why not. */
const OTHER_KEYS: Readonly<Record<string, string>> = {
  organization_pkey: 'the organisation itself: its id leads',
  organization_operator: 'one first organisation in the whole database',
}

/** Statements that belong to no organisation, and run as the other role. */
const PLATFORM_STATEMENTS = [
  'access.findByKeyId',
  'capabilities.forgetCounters',
  'health.forget',
  'health.waiting',
  'idempotency.purge',
  'instances.forget',
  'instances.overdue',
  'jobs.settle',
  'jobs.settleOne',
  'jobs.lease',
  'jobs.renew',
  'log.waiting',
  'operator.logs',
  'operator.newest',
  'organizations.findOperator',
  'organizations.listAll',
  'payments.ofSubmission',
  'reconciliation.addChains',
  'reconciliation.lease',
  'tasks.due',
]

let database: Awaited<ReturnType<typeof createDatabase>>
let owner: pg.Client

beforeAll(async () => {
  database = await createDatabase()
  owner = new pg.Client({ connectionString: database.url })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await database.drop()
})

async function rows<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await owner.query<Row>(text, values)).rows
}

/** Partitions are no tables of their own: no policy names them and nobody is granted anything on them. */
const tables = async () =>
  (
    await rows<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`,
    )
  ).map(({ name }) => name)

const tenantTables = async () => (await tables()).filter((name) => !PLATFORM_TABLES.includes(name))

describe('row-level security', () => {
  it('is on and forced for every table', async () => {
    const found = await rows<{ name: string; isOn: boolean; isForced: boolean }>(
      `select relname as name, relrowsecurity as "isOn", relforcerowsecurity as "isForced" from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> all($1) order by 1`,
      [PLATFORM_TABLES],
    )
    expect(found.length).toBeGreaterThan(15)
    expect(found.filter(({ isOn, isForced }) => !isOn || !isForced)).toEqual([])
  })

  it('there is nothing beside tables that could show rows past it', async () => {
    const found = await rows(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm', 'f')
       union all select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef`,
    )
    expect(found).toEqual([])
  })

  it('lets the application see its own organisation, and the platform what it needs', async () => {
    const found = await rows<Record<string, string>>(
      `select tablename as "table", policyname as name, permissive, roles::text, cmd, qual, with_check as "check"
       from pg_policies where schemaname = 'public' order by 1, 2`,
    )
    const own = (await tenantTables()).map((table) => {
      const rule = table === 'organization' ? OWN.replace('organization_id', 'id') : OWN
      return {
        table,
        name: 'own_organization',
        permissive: 'PERMISSIVE',
        roles: '{wedi_app}',
        cmd: 'ALL',
        qual: rule,
        check: rule,
      }
    })
    const platform = PLATFORM_POLICIES.map((each) => {
      const [table = '', cmd = ''] = each.split(' ')
      return {
        table,
        name: 'platform',
        permissive: 'PERMISSIVE',
        roles: '{wedi_platform}',
        cmd,
        qual: PLATFORM_SEES[table] ?? 'true',
        check: null,
      }
    })
    const sorted = (list: object[]) => list.map((each) => JSON.stringify(each)).sort()
    expect(sorted(found)).toEqual(sorted([...own, ...platform]))
  })

  it.each(ROLES)('binds %s, which is nobody special', async (role) => {
    const [found] = await rows(
      `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
              (select count(*)::int from pg_class where relowner = r.oid) as owned,
              (select count(*)::int from pg_auth_members where member = r.oid) as memberships,
              has_schema_privilege(oid, 'public', 'CREATE') as "createsTables"
       from pg_roles r where rolname = $1`,
      [role],
    )
    expect(found).toEqual({
      ...{
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolcanlogin: false,
        rolreplication: false,
      },
      ...{ owned: 0, memberships: 0, createsTables: false },
    })
  })
})

describe('grants', () => {
  it('are exactly those of the table above', async () => {
    const found = await rows<{ role: string; table: string; privileges: string }>(
      `select grantee as role, table_name as "table", string_agg(privilege_type, ',' order by privilege_type) as privileges
       from information_schema.role_table_grants where table_schema = 'public' and grantee <> current_user group by 1, 2`,
    )
    const granted = Object.fromEntries(ROLES.map((role) => [role, {} as Record<string, string>]))
    for (const { role, table, privileges } of found) granted[role] = { ...granted[role], [table]: privileges }
    expect(granted).toEqual(GRANTS)
  })

  it('none is on a column, and none comes with tables that are yet to be made', async () => {
    const columns = `select relname, attname from pg_attribute join pg_class c on c.oid = attrelid
                     where relnamespace = 'public'::regnamespace and attacl is not null`
    expect(await rows(columns)).toEqual([])
    expect(await rows('select * from pg_default_acl')).toEqual([])
  })
})

describe('keys', () => {
  it('begin with the organisation: primary, unique and foreign ones, on both sides', async () => {
    const found = await rows<{ name: string; first: string }>(
      `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid, 1, true) as first
       from pg_index i join pg_class c on c.oid = i.indrelid
       where c.relnamespace = 'public'::regnamespace and i.indisunique and c.relname <> all($1)
       union all
       select conname, (select attname from pg_attribute where attrelid = conrelid and attnum = conkey[1])
       from pg_constraint where connamespace = 'public'::regnamespace and contype = 'f'
       union all
       select conname, (select attname from pg_attribute where attrelid = confrelid and attnum = confkey[1])
       from pg_constraint where connamespace = 'public'::regnamespace and contype = 'f'`,
      [PLATFORM_TABLES],
    )
    const others = found.filter(({ first }) => first !== 'organization_id').map(({ name }) => name)
    expect(others.sort()).toEqual(Object.keys(OTHER_KEYS).sort())
  })

  it('every table has an organisation in its primary key', async () => {
    const found = await rows<{ table: string }>(
      `select c.relname as "table" from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
       join pg_index i on i.indrelid = c.oid and i.indisprimary and a.attnum = any(i.indkey::int2[])
       where c.relnamespace = 'public'::regnamespace and a.attnotnull and not c.relispartition order by 1`,
    )
    expect([...found.map(({ table }) => table), 'organization'].sort()).toEqual((await tenantTables()).sort())
  })

  it('no identifier comes from a sequence', async () => {
    expect(
      await rows(`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'S'`),
    ).toEqual([])
  })
})

describe('statements', () => {
  const statements = [...statementCatalogue]

  it.each(statements)('%s is accepted by the database, from the role that sends it', async (name, text) => {
    await owner.query('begin')
    try {
      await owner.query(`prepare tried as ${text}`)
      const [prepared] = await rows<{ count: number }>(
        `select coalesce(array_length(parameter_types, 1), 0) as count from pg_prepared_statements where name = 'tried'`,
      )
      const nulls = Array.from({ length: prepared?.count ?? 0 }, () => 'null').join(', ')
      await owner.query(`set local role ${PLATFORM_STATEMENTS.includes(name) ? 'wedi_platform' : 'wedi_app'}`)
      // Explaining checks the privileges of every table that running it would touch.
      await owner.query(`explain execute tried${nulls === '' ? '' : `(${nulls})`}`)
    } finally {
      await owner.query('rollback')
      await owner.query('deallocate all')
    }
  })

  it('those of no organisation are known by name', () => {
    expect(PLATFORM_STATEMENTS.filter((name) => !statementCatalogue.has(name))).toEqual([])
  })
})

describe('what is written once', () => {
  const refused = (text: string) =>
    owner.query(text).then(
      () => 'done',
      (error: { code: string }) => error.code,
    )
  const RESTRICT_VIOLATION = '23001'

  it('stays as it is, also for the owner of the database', async () => {
    const app = await startApp({ databaseUrl: database.url })
    try {
      await app.admin.post('/v1/agents', { name: 'recorded' })
      await until('it is integrated', async () => (await rows('select 1 from log_pending')).length === 0)
    } finally {
      await app.stop()
    }
    const everything = () =>
      rows(`select d.*, s.inputs, s.salts, e.leaf_index from agent_decision d left join decision_disclosure s on s.decision_id = d.id
            left join log_entry e on e.decision_id = d.id order by d.id`)
    const before = await everything()
    const [part] = await rows<{ name: string }>('select tableoid::regclass::text as name from agent_decision limit 1')
    expect(before.length).toBeGreaterThan(1)
    for (const act of [
      "update agent_decision set actor = 'somebody else'",
      "update agent_decision set leaf = '{}'",
      'delete from agent_decision',
      'truncate agent_decision',
      'truncate agent_decision cascade',
      `delete from ${part?.name}`,
      `truncate ${part?.name}`,
      'delete from decision_disclosure',
      'truncate decision_disclosure',
      `update decision_disclosure set inputs = inputs || '{"name": "another"}'`,
      "update decision_disclosure set salts = '{}'",
      "update decision_disclosure set inputs = '{}'",
      'update log_entry set leaf_index = leaf_index + 1',
      'delete from log_entry',
      'update log_checkpoint set size = size + 1',
      'delete from log_checkpoint',
      "update log_tile set hashes = sha256('another')",
      'delete from log_tile',
      'truncate log_entry, log_checkpoint, log_tile, operator_entry',
      'update capability set revision = revision + 1',
      'delete from capability',
    ]) {
      expect([act, await refused(act)]).toEqual([act, RESTRICT_VIOLATION])
    }
    expect(await everything()).toEqual(before)
  })
})

describe('partitions', () => {
  it('are made for the months ahead, and a decision of any other month is kept all the same', async () => {
    const parts = await rows<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'agent_decision'::regclass order by 1`,
    )
    expect(parts.length).toBeGreaterThanOrEqual(5)
    expect(await makePartitions(database.url)).toBe(0)
    await owner.query("select make_decision_partition('2031-05-17')")
    const partitionOf = async (id: string) => {
      const [row] = await rows<{ part: string }>(
        `insert into agent_decision (organization_id, id, type, actor, subject, leaf, leaf_hash, occurred_at)
         values (gen_random_uuid(), $1, 'a.b', 'a', 's', '{}', '', now()) returning tableoid::regclass::text as part`,
        [id],
      )
      return row?.part
    }
    // The first and the last millisecond of May 2031, and the one after.
    const idAt = (time: string) =>
      `${Date.parse(time)
        .toString(16)
        .padStart(12, '0')
        .replace(/^(.{8})/, '$1-')}-7000-8000-000000000000`
    expect(await partitionOf(idAt('2031-05-01T00:00:00.000Z'))).toBe('agent_decision_2031_05')
    expect(await partitionOf(idAt('2031-05-31T23:59:59.999Z'))).toBe('agent_decision_2031_05')
    expect(await partitionOf(idAt('2031-06-01T00:00:00.000Z'))).toBe('agent_decision_rest')
    // Its month came too late: it stays where it is.
    const [late] = await rows("select make_decision_partition('2031-06-01') as made")
    expect(late).toEqual({ made: false })
  })
})

it('schema, migrations and generated code say the same', async () => {
  expect(await findDrift(database.url)).toEqual([])
})
