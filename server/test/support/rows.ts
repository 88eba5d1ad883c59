import type { TestApp } from './app.ts'

/** Every row of every table but these, as text: what somebody with a dump of the database sees. */
export async function everyRow(app: Pick<TestApp, 'query'>, butOf: readonly string[] = []): Promise<string[]> {
  const tables = await app.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> all($1) order by 1`,
    [butOf],
  )
  const rows = await Promise.all(
    tables.map(({ name }) => app.query<{ row: string }>(`select t::text as row from "${name}" t order by 1`)),
  )
  return rows.flat().map(({ row }) => row)
}
