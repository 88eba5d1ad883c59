import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { createFile, replaceFile } from './files.ts'
import { hasCode, startTime } from './process.ts'

/** The directory of one running Wedi (WEDI_HOME): its data and generated secrets. */
export interface Home {
  readonly directory: string
  /** The secret of this name; made and kept, readable for its owner only, when there is none yet. */
  secret(name: string, make: () => string): string
  /** The text of a file without surrounding space, or undefined when there is no such file. */
  read(name: string): string | undefined
  write(name: string, text: string): void
  path(name: string): string
  /** Lets another Wedi use the directory. */
  release(): void
}

/** Shown to the user as it is. */
export class HomeUnavailable extends Error {}

/**
 * Opens the directory, made with mode 0700 if missing; throws `HomeUnavailable`. Alone when it holds a database or a
 * chain of its own; several servers of one external database may share the secrets in it.
 */
export function openHome(directory: string, { isShared = false }: { isShared?: boolean } = {}): Home {
  const home = resolve(directory)
  const release = accessible(home, () => {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    return isShared ? () => {} : takeLock(home)
  })
  const path = (name: string) => join(home, name)
  const read = (name: string) => readIfPresent(path(name))?.trim()
  return {
    directory: home,
    path,
    read,
    release,
    write: (name, text) => replaceFile(path(name), text),
    secret: (name, make) => read(name) ?? createSecret(path(name), make()),
  }
}

/** The first of two writers wins; the other gets what the first has written. */
function createSecret(path: string, secret: string): string {
  try {
    createFile(path, `${secret}\n`)
    return secret
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    return readFileSync(path, 'utf8').trim()
  }
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function accessible<T>(home: string, open: () => T): T {
  try {
    return open()
  } catch (cause) {
    if (!hasCode(cause, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST')) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new HomeUnavailable(
      `WEDI_HOME ${home} cannot be used by this account (${reason}); choose another directory or run Wedi as its owner.`,
      { cause },
    )
  }
}

const lockName = /^lock-(\d+)-(\d*)$/

/**
 * Announces itself, then looks for others. Of any two processes the later to announce itself sees the other, so never
 * both hold the lock; there is no moment of taking over that two could share, for every process has a file of its own,
 * named by pid and start time, and whoever finds one of an ended process removes it. Two that start in the same moment
 * may see each other and both withdraw, hence a few tries at random distances.
 */
function takeLock(home: string): () => void {
  const own = `lock-${process.pid}-${startTicks(process.pid)}`
  const release = () => rmSync(join(home, own), { force: true })
  for (let triesLeft = 4; ; triesLeft--) {
    writeFileSync(join(home, own), '', { mode: 0o600 })
    const holder = otherHolder(home, own)
    if (holder === undefined) return release
    release()
    if (triesLeft === 0) {
      throw new HomeUnavailable(`Another Wedi (process ${holder}) uses ${home}; stop it or set another WEDI_HOME.`)
    }
    sleep(10 + Math.random() * 40)
  }
}

function otherHolder(home: string, own: string): number | undefined {
  for (const name of readdirSync(home)) {
    const [, pid, ticks] = lockName.exec(name) ?? []
    if (pid === undefined || name === own) continue
    if (startTicks(Number(pid)) === ticks && ticks !== '') return Number(pid)
    rmSync(join(home, name), { force: true })
  }
  return undefined
}

/** The start time as digits, for a file name; empty when there is no such process. */
function startTicks(pid: number): string {
  return startTime(pid)?.replaceAll(/\D/g, '') ?? ''
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
