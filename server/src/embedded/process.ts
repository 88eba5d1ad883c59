import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface Wait {
  readonly timeoutMs: number
  readonly intervalMs?: number
}

/** False when the condition did not come true in time. */
export async function until(isTrue: () => boolean | Promise<boolean>, wait: Wait): Promise<boolean> {
  const deadline = performance.now() + wait.timeoutMs
  for (;;) {
    if (await isTrue()) return true
    if (performance.now() >= deadline) return false
    await pause(wait.intervalMs ?? 20)
  }
}

/**
 * When a process was started, in the system's own notation: with the pid it names one process for good, also when the
 * pid is used again. Undefined when there is none; a zombie has ended, it only waits for a parent that never asks.
 */
export function startTime(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  if (process.platform !== 'linux') return psField(pid, 'lstart')
  const stat = readProc(pid, 'stat')
  if (stat === undefined) return undefined
  // The second field is the program's name in parentheses and may hold anything; states and times come after it.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? undefined : rest[18]
}

/** The command line a process was started with, or undefined when it has ended. */
export function commandLine(pid: number): string | undefined {
  if (process.platform !== 'linux') return psField(pid, 'command')
  return readProc(pid, 'cmdline')?.replaceAll('\0', ' ')
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined
    throw error
  }
}

function psField(pid: number, field: string): string | undefined {
  try {
    return execFileSync('ps', ['-ww', '-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1) return undefined
    throw error
  }
}

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

export interface StopStep {
  readonly signal: NodeJS.Signals
  readonly waitMs: number
}

/** Ends a process that is not our child, step by step harder. False when it outlived the last step. */
export async function endProcess(pid: number, steps: readonly StopStep[]): Promise<boolean> {
  const identity = startTime(pid)
  const isGone = () => identity === undefined || startTime(pid) !== identity
  for (const { signal, waitMs } of steps) {
    if (isGone()) return true
    sendSignal(pid, signal)
    if (await until(isGone, { timeoutMs: waitMs })) return true
  }
  return isGone()
}

/** That the process has just ended is what a signal is for, hence no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error
  }
}

/** A port that was free a moment ago; another process may take it first, so callers try again. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.')
  return address.port
}
