import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createPublicClient, http, type PublicClient } from 'viem'
import { endProcess, sendSignal, startTime } from '../../src/embedded/process.ts'
import { Client } from '../support/client.ts'
import { until } from '../support/until.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const READY_MS = 40_000
const STOPPED_MS = 10_000
const READY = /^wedi ready (\S+)$/m

type Environment = Readonly<Record<string, string>>

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly afterMs: number
}

/** A `node server/src/main.ts` of its own, whatever becomes of it. */
export interface Process {
  readonly pid: number
  /** Everything it printed, both streams. */
  output(): string
  /** Sends the signal and waits until the process, its database and its chain are gone. */
  kill(signal: NodeJS.Signals): Promise<Exit>
  readonly exited: Promise<Exit>
}

/** One that is ready. */
export interface Wedi extends Process {
  readonly url: string
  readonly home: string
  readonly key: string
  /** With the admin key. */
  readonly client: Client
  /** Stops (SIGSTOP) or continues (SIGCONT) the embedded chain's node: it takes requests and does not answer. */
  signalChain(signal: 'SIGSTOP' | 'SIGCONT'): void
}

const cleanups: (() => Promise<void>)[] = []

/** For whoever opens something in a test: it is closed at the end, the last opened first. */
export const atEnd = (close: () => Promise<unknown>): void => void cleanups.push(async () => void (await close()))

/** Ends everything that was started since the last time, also after a failed test. */
export async function closeAll(): Promise<void> {
  for (const close of cleanups.splice(0).reverse()) await close()
}

/** A directory that does not outlive the test. */
export function newHome(): string {
  const directory = mkdtempSync(join(tmpdir(), 'wedi-journey-'))
  atEnd(async () => rmSync(directory, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 }))
  return join(directory, 'home')
}

/** Starts the process on a home, with these variables and no others of ours; it need not come up. */
export function launch(home: string, env: Environment = {}): Process {
  const { PATH = '' } = process.env
  const given = { PATH, WEDI_HOME: home, PORT: '0', WEDI_DEMO: '0', ...env }
  const child = spawn(process.execPath, [MAIN], { env: given, stdio: ['ignore', 'pipe', 'pipe'] })
  const output = outputOf(child)
  let askedAt = performance.now()
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, afterMs: performance.now() - askedAt }))
  })
  async function kill(signal: NodeJS.Signals): Promise<Exit> {
    const own = servantsOf(home)
    askedAt = performance.now()
    child.kill(signal)
    const exit = await within(exited, STOPPED_MS, `${signal} did not end it:\n${output()}`)
    // Their watchdogs see to them; a start that finds one still running would have to wait for it.
    for (const pid of own) await gone(pid)
    return exit
  }
  atEnd(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const own = servantsOf(home)
    child.kill('SIGCONT')
    await kill('SIGTERM').catch(() => child.kill('SIGKILL'))
    for (const pid of own) await endProcess(pid, [{ signal: 'SIGKILL', waitMs: STOPPED_MS }])
  })
  return { pid: child.pid ?? 0, output, kill, exited }
}

/** Starts Wedi and waits until it says that it is ready. */
export async function startWedi({
  home = newHome(),
  env = {},
}: {
  home?: string
  env?: Environment
} = {}): Promise<Wedi> {
  const started = launch(home, env)
  let hasEnded = false
  void started.exited.then(() => (hasEnded = true))
  const url = await until('wedi is ready', async () => hasEnded || READY.exec(started.output())?.[1], {
    deadlineMs: READY_MS,
    last: started.output,
  })
  if (url === true) throw new Error(`wedi ended before it was ready:\n${started.output()}`)
  const key = env.WEDI_ADMIN_KEY ?? readFileSync(join(home, 'admin-key'), 'utf8').trim()
  const signalChain = (signal: NodeJS.Signals) => sendSignal(pidIn(join(home, 'chain', 'anvil.pid')) ?? -1, signal)
  return { ...started, url, home, key, client: new Client(url, key), signalChain }
}

interface ChainView {
  readonly rpcUrl: string
  readonly assets: readonly { asset: string; symbol: string }[]
}

/** The embedded chain as anybody with a node address sees it. */
export async function chainOf({ client }: Wedi): Promise<{ rpcUrl: string; token: string; node: PublicClient }> {
  const [chain] = (await client.get<ChainView[]>('/v1/chains')).body
  const token = chain?.assets.find(({ symbol }) => symbol === 'dUSD')?.asset
  if (!chain || token === undefined) throw new Error('there is no embedded chain')
  return { rpcUrl: chain.rpcUrl, token, node: nodeAt(chain.rpcUrl) }
}

/** A plain client that asks anew each time. */
export const nodeAt = (rpcUrl: string): PublicClient => createPublicClient({ transport: http(rpcUrl), cacheTime: 0 })

function outputOf({ stdout, stderr }: ChildProcess): () => string {
  let text = ''
  const keep = (more: string) => {
    text += more
  }
  for (const stream of [stdout, stderr]) stream?.setEncoding('utf8').on('data', keep)
  return () => text
}

/** The programs it started for itself, found where it writes them down. */
function servantsOf(home: string): number[] {
  const files = [join(home, 'postgres', 'postmaster.pid'), join(home, 'chain', 'anvil.pid')]
  return files.flatMap((file) => pidIn(file) ?? [])
}

function pidIn(file: string): number | undefined {
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined
}

const gone = (pid: number) => until(`process ${pid} has ended`, async () => startTime(pid) === undefined)

async function within<T>(promise: Promise<T>, ms: number, otherwise: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(otherwise)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
