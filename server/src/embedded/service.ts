import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

import { freePort, type StopStep, until } from './process.ts'

export interface ServiceCommand {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly options?: Pick<SpawnOptions, 'cwd' | 'env' | 'uid' | 'gid'>
  /** How it is stopped, gentlest first. */
  readonly stopSteps: readonly [StopStep, StopStep]
  /** How long the watchdog waits between those two signals when we have died. */
  readonly watchdogWaitMs: number
  /** True once the service answers. */
  readonly isReady: (output: string) => boolean | Promise<boolean>
  readonly readyTimeoutMs: number
}

/** A program of ours that lives exactly as long as this process. */
export interface Service {
  readonly pid: number
  stop(): Promise<void>
  /** Resolves with the end of what the service printed when it ended without being asked to. */
  readonly exited: Promise<string>
}

/** The service ended before it was ready; `output` says why. */
export class ServiceFailed extends Error {
  readonly output: string

  constructor(name: string, output: string) {
    super(`${name} did not start:\n${output.trim()}`)
    this.output = output
  }
}

/**
 * Starts a program in a session of its own, so that Ctrl-C reaches only us and we stop it when we have drained, with a
 * watchdog that stops it when we end in any other way.
 */
export async function startService(service: ServiceCommand): Promise<Service> {
  const { name, command, args, options } = service
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = tailOf(child)
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await spawned(child, name)
  const pid = child.pid ?? 0
  const watchdog = await watch(pid, service)
  let isStopping = false
  const exited = new Promise<string>((resolve) => {
    void ended.then(() => {
      watchdog.dismiss()
      if (!isStopping) resolve(output())
    })
  })
  const stop = async () => {
    isStopping = true
    for (const { signal, waitMs } of service.stopSteps) {
      child.kill(signal)
      if (await endsWithin(ended, waitMs)) return
    }
    throw new Error(`${name} (process ${pid}) could not be stopped.`)
  }
  const isReady = await becomesReady(service, output, exited).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  if (!isReady) {
    await stop()
    throw new ServiceFailed(name, `not ready after ${service.readyTimeoutMs} ms\n${output()}`)
  }
  return { pid, stop, exited }
}

/** Starts on this port or a free one; tries again while `isTransient` says of a failed start's output that it will pass. */
export async function startOnPort(
  start: (port: number) => Promise<Service>,
  isTransient: (output: string) => boolean,
  wanted?: number,
): Promise<{ service: Service; port: number }> {
  const deadline = performance.now() + 15_000
  for (;;) {
    const port = wanted ?? (await freePort())
    try {
      return { service: await start(port), port }
    } catch (error) {
      const mayPass = error instanceof ServiceFailed && isTransient(error.output) && performance.now() < deadline
      if (!mayPass) throw error
      await pause(100)
    }
  }
}

async function becomesReady(service: ServiceCommand, output: () => string, exited: Promise<string>): Promise<boolean> {
  let hasExited = false
  void exited.then(() => (hasExited = true))
  const isSettled = async () => hasExited || (await service.isReady(output()))
  const isReady = await until(isSettled, { timeoutMs: service.readyTimeoutMs, intervalMs: 5 })
  if (hasExited) throw new ServiceFailed(service.name, output())
  return isReady
}

async function spawned(child: ChildProcess, name: string): Promise<void> {
  try {
    await once(child, 'spawn')
  } catch (cause) {
    throw new Error(`${name} could not be started: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

async function endsWithin(ended: Promise<void>, waitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), waitMs)
  })
  const isEnded = await Promise.race([ended.then(() => true), late])
  clearTimeout(timer)
  return isEnded
}

/** The last 8 KB a program printed: enough to tell why it ended, whatever it prints in a long life. */
function tailOf(child: ChildProcess): () => string {
  let tail = ''
  const keep = (text: string) => {
    tail = (tail + text).slice(-8192)
  }
  child.stdout?.setEncoding('utf8').on('data', keep)
  child.stderr?.setEncoding('utf8').on('data', keep)
  return () => tail
}

/**
 * Waits for a line, which dismisses it, or for the end of its input, which comes when we die by any cause, SIGKILL
 * included. Arguments: pid, first signal, tenths of a second until the last signal, last signal.
 */
const watchdogScript = `
read -r _ && exit 0
kill -s "$2" "$1" || exit 0
while [ "$3" -gt 0 ] && kill -0 "$1"; do sleep 0.1; set -- "$1" "$2" $(($3 - 1)) "$4"; done
kill -0 "$1" && kill -s "$4" "$1"
`

/** In a session of its own as well: a signal to our process group must not take the watchdog with us. */
async function watch(pid: number, service: ServiceCommand): Promise<{ dismiss(): void }> {
  const [first, last] = service.stopSteps
  const signalName = ({ signal }: StopStep) => signal.slice('SIG'.length)
  const tenths = String(Math.ceil(service.watchdogWaitMs / 100))
  const args = ['-c', watchdogScript, 'watchdog', String(pid), signalName(first), tenths, signalName(last)]
  const shell = spawn('/bin/sh', args, { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  await spawned(shell, 'The watchdog')
  shell.unref()
  // It may be killed before it is dismissed; writing to it then is no fault of ours.
  shell.stdin.on('error', () => shell.stdin.destroy())
  return { dismiss: () => shell.stdin.end('\n') }
}
