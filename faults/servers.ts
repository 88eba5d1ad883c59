import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../server/src/embedded/process.ts'
import { until } from '../server/test/support/until.ts'

const MAIN = fileURLToPath(new URL('../server/src/main.ts', import.meta.url))
/** Long enough for a machine that has other things to do. */
const READY_MS = 240_000
const PRELOAD = new URL('preload.ts', import.meta.url).href
/** Compiled once, so that a start costs half. */
export const COMPILED = join(tmpdir(), 'wedi-faults-compiled')
/** Of what each printed: enough to tell why it does not come up. */
const TAIL = 20_000

export interface ServerOptions {
  readonly count: number
  /** Each gets a home of its own in it: all they share is the database. */
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  /** What one of them, by number, is told besides. */
  readonly envOf?: (number: number) => Readonly<Record<string, string>>
}

/** Several processes of Wedi on one database, each of which can be killed at any time. */
export interface Servers {
  /** Addresses of those that said that they are ready, and were not killed since. */
  ready(): string[]
  /** SIGKILL to these (by number), at once. */
  kill(numbers: readonly number[]): Promise<void>
  /** Starts those that do not run, until each is ready. */
  restart(): Promise<void>
  stop(): Promise<void>
  readonly count: number
  /** Addresses of all, whether they are up or not. */
  readonly urls: readonly string[]
  /** The end of what each printed. */
  output(): string[]
  /** What each that runs holds of the memory, in megabytes; nothing where the system does not say. */
  memoryMb(): number[]
  /** Those that ended by themselves after they were ready: whatever breaks around it, a server stays. */
  fallen(): readonly string[]
}

/** None outlives the simulator, whatever ends it (but SIGKILL). */
const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

interface Slot {
  readonly number: number
  readonly port: number
  readonly home: string
  child?: ChildProcess
  isReady: boolean
  output: string
}

export async function startServers({ count, directory, env, envOf }: ServerOptions): Promise<Servers> {
  const slots: Slot[] = []
  const fallen: string[] = []
  for (let number = 0; number < count; number++) {
    const home = join(directory, `server-${number}`)
    slots.push({ number, port: await freePort(), home, isReady: false, output: '' })
  }

  function launch(slot: Slot): void {
    const { PATH = '' } = process.env
    const given = {
      ...{ PATH, NODE_COMPILE_CACHE: COMPILED, NODE_OPTIONS: `--import=${PRELOAD}` },
      ...{ WEDI_HOME: slot.home, PORT: String(slot.port), WEDI_DEMO: '0' },
    }
    const child = spawn(process.execPath, [MAIN], {
      env: { ...given, ...env, ...envOf?.(slot.number) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    slot.child = child
    alive.add(child)
    const keep = (text: string) => {
      slot.output = (slot.output + text).slice(-TAIL)
      if (/^wedi ready /m.test(text)) slot.isReady = true
    }
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', keep)
    child.once('close', () => {
      alive.delete(child)
      if (slot.child !== child) return
      // `end` says first that it is not ready any more.
      if (slot.isReady) fallen.push(`${urlOf(slot)} ended by itself: ${slot.output.slice(-500)}`)
      slot.isReady = false
    })
  }

  const urlOf = ({ port }: Slot) => `http://127.0.0.1:${port}`
  const isRunning = ({ child }: Slot) => child !== undefined && child.exitCode === null && child.signalCode === null

  /** One that cannot start while the database or the chain is away is started again, as any supervisor would. */
  async function comeUp(slot: Slot): Promise<void> {
    const probe = async () => {
      if (!isRunning(slot)) launch(slot)
      return slot.isReady
    }
    await until('a server is ready', probe, { deadlineMs: READY_MS, last: () => slot.output })
  }

  async function end(slot: Slot, signal: NodeJS.Signals): Promise<void> {
    const { child } = slot
    slot.isReady = false
    if (!child || !isRunning(slot)) return
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
    child.kill(signal)
    await closed
  }

  const restart = async () => void (await Promise.all(slots.map(comeUp)))
  await restart()
  return {
    count,
    restart,
    urls: slots.map(urlOf),
    ready: () => slots.filter(({ isReady }) => isReady).map(urlOf),
    kill: async (numbers) => void (await Promise.all(numbers.map((number) => end(slots[number] as Slot, 'SIGKILL')))),
    stop: async () => void (await Promise.all(slots.map((slot) => end(slot, 'SIGKILL')))),
    output: () => slots.map(({ output }) => output),
    memoryMb: () => slots.filter(isRunning).flatMap(({ child }) => residentMb(child?.pid)),
    fallen: () => fallen,
  }
}

function residentMb(pid: number | undefined): number[] {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? [] : [Math.round(Number(kilobytes) / 1024)]
  } catch {
    return [] // another system, or it has just ended
  }
}
