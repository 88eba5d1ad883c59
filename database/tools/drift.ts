import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { differenceToSchema, runPrisma, SCHEMA } from './prisma.ts'

const GENERATED = fileURLToPath(new URL('../generated', import.meta.url))

/**
 * What of schema, migrations and generated code says something different from the others, one entry each; empty when
 * they agree. `url` is a database that has just been migrated. Policies, checks, triggers and partial indexes are not in
 * Prisma's schema, so no difference of theirs can show here.
 */
export async function findDrift(url: string): Promise<string[]> {
  const difference = await differenceToSchema(url, 'summary')
  const database = difference === undefined ? [] : [`The migrations do not lead to the schema:\n${difference}`]
  return [...database, ...(await findStaleCode())]
}

/** The files of database/generated that a fresh generation would not write as they are. */
async function findStaleCode(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wedi-generated-'))
  try {
    // `output` in the schema counts from the schema's own folder.
    cpSync(SCHEMA, join(folder, 'schema'), { recursive: true })
    const { exitCode, output, errors } = await runPrisma(['generate', '--schema', join(folder, 'schema')])
    if (exitCode !== 0) throw new Error(`prisma generate failed:\n${errors || output}`)
    return compare(readFiles(GENERATED), readFiles(join(folder, 'generated')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function compare(committed: ReadonlyMap<string, Buffer>, fresh: ReadonlyMap<string, Buffer>): string[] {
  const paths = [...new Set([...committed.keys(), ...fresh.keys()])].sort()
  return paths.flatMap((path) => {
    const [old, current] = [committed.get(path), fresh.get(path)]
    if (old === undefined) return [`database/generated/${path} is missing: npm run db:generate`]
    if (current === undefined) return [`database/generated/${path} is not generated any more: npm run db:generate`]
    return old.equals(current) ? [] : [`database/generated/${path} is not what the schema says: npm run db:generate`]
  })
}

function readFiles(folder: string): Map<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    entries.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path.slice(folder.length + 1), readFileSync(path)]
    }),
  )
}

if (import.meta.main) {
  const url = process.env.DATABASE_URL
  if (url === undefined) throw new Error('DATABASE_URL is a database that was migrated from nothing.')
  const drift = await findDrift(url)
  for (const entry of drift) process.stdout.write(`${entry}\n`)
  process.exitCode = drift.length === 0 ? 0 : 1
}
