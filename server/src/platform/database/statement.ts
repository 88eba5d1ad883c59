/** A named statement: prepared once per connection, found by its name in logs and in pg_stat_statements. */
export interface Statement<Row> {
  readonly name: string
  readonly text: string
  /** Only carries the row's type. */
  readonly row?: Row
}

const statements = new Map<string, string>()

/** Every statement of the loaded modules: a test lets the database read each. */
export const statementCatalogue: ReadonlyMap<string, string> = statements

/** Two statements of one name would silently run as one: refused when the module loads. */
export function sql<Row = Record<string, never>>(name: string, text: string): Statement<Row> {
  if (statements.has(name)) throw new Error(`two statements are named ${name}`)
  statements.set(name, text)
  return { name, text }
}
