import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '#platform/ids'
import { createDatabase, queryAt } from '../../../test/support/app.ts'
import { openHealth } from '../../../test/support/health.ts'
import type { ErrorClass } from './rules.ts'

/**
 * A day of an agent as it might have been (gaps, crashes, restarts, late heartbeats, late samples), fed in through the
 * modules by a clock of the test's own; the figures against what the raw events give, computed in the plainest way.
 */

const DAY = Date.parse('2031-03-04T00:00:00.000Z')
const SECOND_MS = 1000
const HOUR_S = 3600
const DAY_S = 24 * HOUR_S
/** Slow, so that a day is soon told. */
const BEAT_S = 600
const SWEEP_S = BEAT_S / 5
const COUNT_S = 1200
/** Tasks are told together, as many as there are in this time. */
const TOLD_S = 300

/** Park and Miller's numbers: the same day each time. */
function randomBy(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

interface Life {
  readonly startS: number
  /** Each heard of. */
  readonly beatsS: readonly number[]
  /** Undefined: it was not stopped, it just was not heard of any more, or still is. */
  readonly stopS?: number
}
interface Ended {
  readonly atS: number
  /** When it was told: later than it was, sometimes by hours. */
  readonly toldS: number
  readonly durationMs: number
  readonly errorClass: ErrorClass | null
}

/** Lives one after the other and beside each other: late beats, gaps that make it DOWN, crashes, stops. */
function livesOf(random: () => number): Life[] {
  const lives: Life[] = []
  for (const lane of [0, 1]) {
    let at = Math.floor(lane * 2 * HOUR_S + random() * HOUR_S)
    while (at < DAY_S) {
      const beatsS: number[] = []
      const endS = Math.min(DAY_S, at + Math.floor((1 + random() * 6) * HOUR_S))
      const startS = at
      for (;;) {
        const chance = random()
        // In time; late, so that it is SUSPECT; or silent so long that it is DOWN before it is back.
        const factor = chance < 0.9 ? 0.8 + 0.4 * random() : chance < 0.96 ? 2.2 + random() : 5 + 6 * random()
        at += Math.floor(factor * BEAT_S)
        if (at >= endS) break
        beatsS.push(at)
      }
      const isStopped = random() < 0.5 && endS < DAY_S
      const last = beatsS.at(-1) ?? startS
      lives.push({ startS, beatsS, ...(isStopped && { stopS: last + Math.floor(random() * BEAT_S) }) })
      at = last + Math.floor(6 * BEAT_S + random() * 2 * HOUR_S)
    }
  }
  return lives
}

function tasksOf(random: () => number): Ended[] {
  const classes: (ErrorClass | null)[] = ['CRASH', 'TIMEOUT', 'DENIED', 'REJECTED', 'PROVIDER']
  return Array.from({ length: 2500 }, () => {
    const atS = Math.floor(random() * (DAY_S - 1))
    const isLate = random() < 0.1
    return {
      atS,
      toldS: Math.min(DAY_S, Math.floor(atS + (isLate ? random() * 5 * HOUR_S : random() * 5))),
      durationMs: Math.floor(Math.exp(random() * 12)),
      errorClass: random() < 0.15 ? (classes[Math.floor(random() * classes.length)] as ErrorClass) : null,
    }
  })
}

/** Second by second: was any instance there? One that was silent for four heartbeats was there until its last one. */
function secondsThere(lives: readonly Life[]): boolean[] {
  const isThere = Array.from({ length: DAY_S }, () => false)
  for (const { startS, beatsS, stopS } of lives) {
    const heard = [startS, ...beatsS]
    for (const [i, from] of heard.entries()) {
      const next = heard[i + 1] ?? stopS ?? DAY_S
      const wasSilent = next - from >= 4 * BEAT_S
      if (!wasSilent) for (let s = from; s < Math.min(next, DAY_S); s++) isThere[s] = true
    }
  }
  return isThere
}

const uptimeOf = (isThere: readonly boolean[], lastS: number) => {
  const first = isThere.indexOf(true)
  const window = isThere.slice(Math.max(first, DAY_S - lastS))
  return window.filter(Boolean).length / window.length
}

const exact = (tasks: readonly Ended[], share: number): number | null => {
  const sorted = tasks.map(({ durationMs }) => durationMs).sort((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null
}
const ILL: readonly (string | null)[] = ['CRASH', 'TIMEOUT', 'PROVIDER']
function figuresOf(tasks: readonly Ended[]) {
  const errors: Record<string, number> = {}
  for (const { errorClass } of tasks) if (errorClass !== null) errors[errorClass] = (errors[errorClass] ?? 0) + 1
  const failed = tasks.filter(({ errorClass }) => ILL.includes(errorClass)).length
  return { tasks: tasks.length, errorRate: tasks.length === 0 ? null : failed / tasks.length, errors }
}

let database: Awaited<ReturnType<typeof createDatabase>>
let nowS = 0
let stack: ReturnType<typeof openHealth>
const organizationId = newId()
let agentId: string

beforeAll(async () => {
  database = await createDatabase()
  await queryAt(
    database.url,
    `insert into organization (id, name, created_at, updated_at) values ($1, 'o', now(), now())`,
    [organizationId],
  )
  stack = openHealth({
    databaseUrl: database.url,
    clock: () => new Date(DAY + nowS * SECOND_MS),
    heartbeatMs: BEAT_S * SECOND_MS,
  })
})
afterAll(async () => {
  await stack.close()
  await database.drop()
})

type Act = readonly [atS: number, act: () => Promise<unknown>]

function actsOfLife({ startS, beatsS, stopS }: Life): Act[] {
  const caller = { organizationId, agentId, actor: `agent:${agentId}` }
  let id = ''
  return [
    [
      startS,
      () =>
        stack.database.inOrganization(caller, async (tx) => {
          id = (await stack.instances.register(tx, caller, agentId, {})).id
        }),
    ],
    ...beatsS.map((atS): Act => [atS, () => stack.instances.heartbeat(caller, id, {})]),
    ...(stopS === undefined
      ? []
      : [[stopS, () => stack.database.inOrganization(caller, (tx) => stack.instances.stop(tx, caller, id))] as Act]),
  ]
}

const actsOfTasks = (tasks: readonly Ended[]): Act[] =>
  [...Map.groupBy(tasks, ({ toldS }) => Math.ceil(toldS / TOLD_S) * TOLD_S)].map(([toldS, told]) => [
    toldS,
    () =>
      stack.database.inOrganization(organizationId, async (tx) => {
        const samples = told.map(({ atS, durationMs, errorClass }) => ({
          ...{ agentId, instanceId: null, kind: 'TASK' as const, errorClass, durationMs },
          at: new Date(DAY + atS * SECOND_MS),
        }))
        stack.health.observe(tx, samples)
      }),
  ])

const every = (seconds: number, act: () => Promise<unknown>): Act[] =>
  Array.from({ length: Math.floor(DAY_S / seconds) }, (_, i) => [(i + 1) * seconds, act] as const)

describe.each([20_311, 7_654_321])('the day of seed %i', (seed) => {
  let lives: Life[]
  let tasks: Ended[]

  beforeAll(async () => {
    nowS = 0
    agentId = await stack.agentOf(organizationId)
    const random = randomBy(seed)
    lives = livesOf(random)
    tasks = tasksOf(random)
    const acts = [
      ...lives.flatMap(actsOfLife),
      ...actsOfTasks(tasks),
      ...every(SWEEP_S, () => stack.instances.sweep.once()),
      ...every(COUNT_S, () => stack.health.counting.once()),
    ].sort(([a], [b]) => a - b)
    for (const [atS, act] of acts) {
      nowS = atS
      await act()
    }
    // What was told last is counted a little later: minutes, then hours, then days.
    for (const laterS of [60, 120, 240]) {
      nowS = DAY_S + laterS
      await stack.health.counting.once()
    }
    nowS = DAY_S
  }, 120_000)

  const read = (query: Parameters<typeof stack.health.get>[2]) =>
    stack.health.get({ organizationId, actor: 'system:test' }, agentId, query)
  const time = (seconds: number) => new Date(DAY + seconds * SECOND_MS).toISOString()

  function expectSame(seen: Awaited<ReturnType<typeof read>>, of: readonly Ended[]) {
    const { HEARTBEAT_LOST: _ofInstances, ...errors } = seen.errors
    expect({ tasks: seen.tasks, errorRate: seen.errorRate, errors }).toEqual(figuresOf(of))
    for (const [name, share] of [
      ['p50Ms', 0.5],
      ['p95Ms', 0.95],
      ['p99Ms', 0.99],
    ] as const) {
      const truth = exact(of, share)
      const shown = seen.responseTime[name]
      if (truth === null) expect(shown).toBeNull()
      else expect(Math.abs((shown as number) - truth)).toBeLessThanOrEqual(0.02 * truth + 0.01)
    }
  }

  it('has everything in it that makes a day difficult', () => {
    const heard = lives.map(({ startS, beatsS }) => [startS, ...beatsS])
    const gaps = heard.flatMap((each) => each.slice(1).map((at, i) => (at - (each[i] as number)) / BEAT_S))
    expect(gaps.filter((gap) => gap >= 2 && gap < 4).length).toBeGreaterThan(3)
    expect(gaps.filter((gap) => gap >= 4).length).toBeGreaterThan(3)
    expect(lives.filter(({ stopS }) => stopS === undefined).length).toBeGreaterThan(2)
    expect(tasks.filter(({ atS, toldS }) => toldS - atS > HOUR_S).length).toBeGreaterThan(100)
  })

  it('has the uptime of its seconds', async () => {
    const isThere = secondsThere(lives)
    const { uptime } = await read({})
    expect(uptime['24h']).toBeGreaterThan(0.1)
    for (const [name, seconds] of [
      ['1h', HOUR_S],
      ['24h', DAY_S],
      ['7d', 7 * DAY_S],
      ['30d', 30 * DAY_S],
    ] as const) {
      expect(uptime[name]).toBeCloseTo(uptimeOf(isThere, seconds), 9)
    }
  })

  it('counts each instance that was lost', async () => {
    const lost = lives.flatMap(({ startS, beatsS, stopS }) => {
      const heard = [startS, ...beatsS]
      return heard.filter((from, i) => (heard[i + 1] ?? stopS ?? DAY_S) - from >= 4 * BEAT_S)
    })
    const { errors } = await read({ from: time(0), to: time(DAY_S), resolution: 'HOUR' })
    expect(errors.HEARTBEAT_LOST ?? 0).toBe(lost.length)
  })

  it.each([
    ['DAY', 0, DAY_S],
    ['HOUR', 0, DAY_S],
    ['HOUR', 5 * HOUR_S, 9 * HOUR_S],
    ['MINUTE', 7 * HOUR_S, 9 * HOUR_S],
    ['MINUTE', DAY_S - HOUR_S, DAY_S],
  ] as const)('says by %s from second %i to %i what the tasks of that time say', async (resolution, fromS, toS) => {
    const seen = await read({ from: time(fromS), to: time(toS), resolution })
    expectSame(
      seen,
      tasks.filter(({ atS }) => atS >= fromS && atS < toS),
    )
    const lengthS = { MINUTE: 60, HOUR: HOUR_S, DAY: DAY_S }[resolution]
    for (const point of seen.series ?? []) {
      const beganS = (Date.parse(point.at) - DAY) / SECOND_MS
      const of = tasks.filter(({ atS }) => atS >= beganS && atS < beganS + lengthS)
      expect(point.tasks).toBe(of.length)
      expect(point.errorRate).toBe(figuresOf(of).errorRate)
    }
  })
})
