import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { COMPILED } from '../servers.ts'
import type { AgentOrders } from './agent.ts'
import { type Entry, readJournal } from './journal.ts'
import type { WorkerPlan } from './plan.ts'

export interface Worker {
  readonly id: string
  readonly credential: string
  readonly plan: WorkerPlan
}

/** One life of a process of an agent. */
export interface Life {
  readonly agentId: string
  readonly journal: string
  readonly leaseSeconds: number
  killedAt?: number
}

/** The processes of remote agents, each of which can be killed or stopped at any time, and is started again. */
export interface Crew {
  /** Of those that may be harmed. */
  readonly size: number
  kill(at: number, downMs: number): Promise<boolean>
  killAll(downMs: number): Promise<number>
  /** It sees nothing of the time: a process on a machine that was suspended. */
  stopFor(at: number, ms: number): Promise<void>
  endPolitely(at: number): void
  /** From now on everybody works properly. */
  calmDown(): void
  readonly lives: readonly Life[]
  readonly crashes: () => number
  /** Everything that any process wrote down, with the life that wrote it. */
  entries(): (Entry & { readonly life: Life })[]
  end(): Promise<void>
}

const AGENT = fileURLToPath(new URL('agent.ts', import.meta.url))
/** What makes an agent well-behaved while it runs. */
const BEHAVE = 'SIGUSR2'
const RESTART_MS = 200
const END_MS = 3000
const BUSY_MS = 5000
const LOOK_MS = 20

const alive = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})

interface Post {
  readonly worker: Worker
  readonly name: string
  born: number
  downMs: number
  child?: ChildProcess
  life?: Life
}

export function startCrew(
  workers: readonly Worker[],
  { urls, directory, seed }: { urls: readonly string[]; directory: string; seed: string },
): Crew {
  const lives: Life[] = []
  let crashes = 0
  let isOver = false
  let isCalm = false
  const posts = workers.flatMap((worker) =>
    Array.from({ length: worker.plan.processes }, (_, at): Post => {
      return { worker, name: `${worker.plan.name} ${at}`, born: 0, downMs: 0 }
    }),
  )
  const prey = posts.filter(({ worker }) => !worker.plan.isAnchor)

  function start(post: Post): void {
    if (isOver) return
    const { plan, id: agentId, credential } = post.worker
    const { leaseSeconds, polls, isAnchor } = plan
    const hangsUpPercent = isCalm ? 0 : plan.hangsUpPercent
    const journal = join(directory, `${post.name} ${++post.born}.journal`.replaceAll(' ', '-'))
    const orders: AgentOrders = {
      ...{ urls, agentId, credential, journal, leaseSeconds, polls, hangsUpPercent },
      isWellBehaved: isAnchor || isCalm,
      seed: `${seed}/${post.name}/${post.born}`,
    }
    const { PATH = '' } = process.env
    const env = { PATH, NODE_COMPILE_CACHE: COMPILED, FAULTS_ORDERS: JSON.stringify(orders) }
    const child = spawn(process.execPath, [AGENT], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    post.child = child
    post.life = { agentId, journal, leaseSeconds }
    lives.push(post.life)
    alive.add(child)
    child.once('close', (code) => {
      alive.delete(child)
      if (code !== null && code !== 0) crashes += 1
      setTimeout(() => start(post), post.downMs || RESTART_MS)
      post.downMs = 0
    })
  }

  const isUp = ({ child }: Post) => child !== undefined && child.exitCode === null && child.signalCode === null

  /** One that has begun nothing yet has nothing to lose. */
  async function busy({ life }: Post): Promise<void> {
    const deadline = performance.now() + BUSY_MS
    while (life && !existsSync(life.journal) && performance.now() < deadline) await pause(LOOK_MS)
  }

  /** False when it was down already. */
  async function kill(post: Post, downMs: number): Promise<boolean> {
    const { child, life } = post
    if (!child || !life || !isUp(post)) return false
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
    post.downMs = downMs
    child.kill('SIGKILL')
    life.killedAt = Date.now()
    await closed
    return true
  }

  for (const post of posts) start(post)
  return {
    ...{ size: prey.length, lives },
    async kill(at, downMs) {
      const post = prey[at % prey.length] as Post
      await busy(post)
      return kill(post, downMs)
    },
    killAll: async (downMs) => (await Promise.all(prey.map((post) => kill(post, downMs)))).filter(Boolean).length,
    async stopFor(at, ms) {
      const { child } = prey[at % prey.length] as Post
      child?.kill('SIGSTOP')
      await pause(ms)
      child?.kill('SIGCONT')
    },
    endPolitely: (at) => void prey[at % prey.length]?.child?.kill('SIGTERM'),
    calmDown() {
      isCalm = true
      for (const { child } of posts) child?.kill(BEHAVE)
    },
    crashes: () => crashes,
    entries: () => lives.flatMap((life) => readJournal(life.journal).map((entry) => ({ ...entry, life }))),
    async end() {
      isOver = true
      const closing = posts.filter(isUp).map(async ({ child }) => {
        const closed = new Promise<void>((resolve) => child?.once('close', () => resolve()))
        child?.kill('SIGCONT')
        child?.kill('SIGTERM')
        setTimeout(() => child?.kill('SIGKILL'), END_MS).unref()
        await closed
      })
      await Promise.all(closing)
    },
  }
}
