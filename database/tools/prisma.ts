import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root: the path of a generator's program in the schema counts from where Prisma runs. */
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CONFIG = fileURLToPath(new URL('../prisma.config.ts', import.meta.url))

/** Reading and comparing a schema takes about a second. */
const TIMEOUT_MS = 120_000
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024

export const SCHEMA = fileURLToPath(new URL('../schema', import.meta.url))

export interface PrismaResult {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}

/** Runs the Prisma CLI with our configuration, on the database at `url` where its command needs one. */
export function runPrisma(args: readonly string[], url?: string): Promise<PrismaResult> {
  const prisma = createRequire(import.meta.url).resolve('prisma/build/index.js')
  const env = {
    ...process.env,
    // The CLI starts our schema engine and generator by the name `node`: the one that runs this, not the system's.
    PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
    NO_COLOR: '1',
    ...(url === undefined ? {} : { DATABASE_URL: url }),
  }
  const options = { cwd: ROOT, env, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [prisma, ...args, '--config', CONFIG], options, (error, output, errors) => {
      // A number is the CLI's own answer; anything else is a program that could not be run to its end.
      if (error !== null && typeof error.code !== 'number') reject(error)
      else resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, output, errors })
    })
  })
}

export type Difference = 'summary' | 'script'

/** What would have to be done to the database at `url` to make it what the schema says; undefined for nothing. */
export async function differenceToSchema(url: string, as: Difference): Promise<string | undefined> {
  const target = ['--from-config-datasource', '--to-schema', SCHEMA, '--exit-code']
  const { exitCode, output, errors } = await runPrisma(
    ['migrate', 'diff', ...target, ...(as === 'script' ? ['--script'] : [])],
    url,
  )
  if (exitCode === 0) return undefined
  if (exitCode !== 2) throw new Error(`prisma migrate diff failed:\n${errors || output}`)
  return output.trim()
}
