import { setTimeout as pause } from 'node:timers/promises'
import type { DatabaseServer } from '../database.ts'
import type { Random } from '../random.ts'
import type { Servers } from '../servers.ts'
import type { Tally } from '../tally.ts'
import type { Crew, Worker } from './crew.ts'
import type { TaskBook } from './load.ts'
import type { AgentOrder, AgentStep, PeopleStep, ServerStep, TaskPlan, TasksOrder } from './plan.ts'
import { capabilityOf, type Workshop } from './tenant.ts'

export interface Scene {
  readonly database: DatabaseServer
  readonly servers: Servers
  readonly crew: Crew
  readonly workshop: Workshop
  readonly book: TaskBook
  readonly random: Random
  readonly tally: Tally
}

const SURELY_MS = 30_000

/** Three who break things at the same time, each one thing after the other; leaves everything running. Answers the kills. */
export async function wreakHavoc(plan: TaskPlan, scene: Scene): Promise<number> {
  const kills: number[] = []
  const loose: Promise<unknown>[] = []
  const agents = async () => {
    for (const step of plan.agentSteps) {
      await pause(step.afterMs)
      kills.push(await harmAgent(step, scene, loose))
    }
  }
  const servers = async () => {
    for (const step of plan.serverSteps) {
      await pause(step.afterMs)
      kills.push(await harmServer(step, scene))
    }
  }
  const people = async () => {
    for (const step of plan.peopleSteps) {
      await pause(step.afterMs)
      await meddle(step, scene)
    }
  }
  await Promise.all([agents(), servers(), people()])
  await Promise.all(loose)
  await scene.servers.restart()
  await makeUp(scene)
  return kills.reduce((sum, count) => sum + count, 0)
}

async function harmAgent(step: AgentStep, { crew, tally }: Scene, loose: Promise<unknown>[]): Promise<number> {
  switch (step.what) {
    case 'kill agent': {
      const isKilled = await crew.kill(step.at, step.downMs)
      if (isKilled) tally.add('agent killed')
      return isKilled ? 1 : 0
    }
    case 'kill every agent but one': {
      const killed = await crew.killAll(step.downMs)
      tally.add('agent killed, all at once', killed)
      return killed
    }
    case 'stop agent for a while':
      tally.add(step.forMs > 15_000 ? 'agent stopped for longer than a lease' : 'agent stopped for a while')
      loose.push(crew.stopFor(step.at, step.forMs))
      return 0
    case 'end agent politely':
      tally.add('agent drained')
      crew.endPolitely(step.at)
      return 0
  }
}

async function harmServer(step: ServerStep, { servers, database, tally }: Scene): Promise<number> {
  switch (step.what) {
    case 'kill servers':
      tally.add(step.numbers.length > 1 ? 'every server killed at once' : 'server killed', step.numbers.length)
      await servers.kill(step.numbers)
      await pause(step.downMs)
      await servers.restart()
      return step.numbers.length
    case 'kill database':
      tally.add('database killed')
      await database.killAndRestart()
      return 1
    case 'cut database':
      tally.add('database cut off')
      await database.way.cut()
      await pause(step.downMs)
      await database.way.mend()
      return 0
  }
}

const meddle = (step: PeopleStep, scene: Scene): Promise<void> =>
  'at' in step ? meddleWithAgent(step, scene) : meddleWithTasks(step, scene)

async function meddleWithAgent(step: AgentOrder, { workshop, tally, book }: Scene): Promise<void> {
  const { admin } = workshop
  const shaken = workshop.workers.filter(({ plan }) => plan.isShaken)
  const worker = shaken[step.at % shaken.length] as Worker
  const path = `/v1/agents/${worker.id}`
  tally.add(step.what)
  const say = async (method: string, at: string, body?: unknown) => {
    const answered = await admin.surely({ method, path: `${path}${at}`, body }, SURELY_MS)
    if (answered && ![200, 204, 409].includes(answered.status))
      book.odd.push(`${method} ${path}${at}: ${answered.status} ${answered.body.code}`)
  }
  switch (step.what) {
    case 'pause agent':
      await say('POST', '/pause', {})
      await pause(step.forMs)
      return say('POST', '/resume', {})
    case 'freeze agent':
      await say('POST', '/freeze', {})
      await pause(step.forMs)
      return say('POST', '/unfreeze', {})
    case 'narrow capability':
      await say('PUT', '/capability', capabilityOf({ tags: [] }, ['other.work']))
      await pause(step.forMs)
      return say('PUT', '/capability', capabilityOf(worker.plan, worker.plan.types))
    case 'retire agent':
      book.retired.add(worker.id)
      return say('DELETE', '')
  }
}

/** Of those that were asked for lately; whatever state they are in. */
async function meddleWithTasks({ what, count }: TasksOrder, scene: Scene): Promise<void> {
  const { workshop, book, random, tally } = scene
  const isCancel = what === 'cancel tasks'
  for (let left = count; left > 0 && book.tasks.length > 0; left--) {
    const [id] = random.pick(isCancel ? book.tasks.slice(-15) : book.tasks).ids
    if (id === undefined) continue
    const answered = await workshop.admin.once('POST', `/v1/tasks/${id}/${isCancel ? 'cancel' : 'requeue'}`, {})
    if (answered?.status === 200) tally.add(isCancel ? 'task canceled' : 'task requeued')
  }
}

/** Whatever people did to agents and never undid, because nobody answered. */
async function makeUp({ workshop: { admin, workers } }: Scene): Promise<void> {
  for (const { id, plan } of workers.filter((each) => each.plan.isShaken)) {
    const path = `/v1/agents/${id}`
    await admin.surely({ method: 'POST', path: `${path}/unfreeze`, body: {} }, SURELY_MS)
    await admin.surely({ method: 'POST', path: `${path}/resume`, body: {} }, SURELY_MS)
    await admin.surely({ method: 'PUT', path: `${path}/capability`, body: capabilityOf(plan, plan.types) }, SURELY_MS)
  }
}
