import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'wedi-embedded-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))
  return directory
}

export interface OtherProcess {
  readonly pid: number
  /** The first line it printed; undefined when it ended without one. */
  readonly line: Promise<string | undefined>
  readonly ended: Promise<void>
  /** SIGKILL to it and its whole process group. */
  kill(): Promise<void>
}

/** Runs an ES module in a Node of its own, relative imports as from here; it leads a process group. */
export function runModule(source: string): OtherProcess {
  const absolute = source.replaceAll(/'(\.\/[^']+)'/g, (_, path: string) => `'${new URL(path, import.meta.url)}'`)
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const child = spawn(process.execPath, ['--input-type=module', '-e', absolute], { detached: true, stdio: [...stdio] })
  const pid = child.pid ?? 0
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const line = new Promise<string | undefined>((resolve) => {
    child.stdout?.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()))
    void ended.then(() => resolve(undefined))
  })
  const kill = async () => {
    process.kill(-pid, 'SIGKILL')
    await ended
  }
  return { pid, line, ended, kill }
}
