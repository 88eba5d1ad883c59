import { expect, it } from 'vitest'
import { Findings } from '../invariants.ts'
import { checkTasks, type TaskSeen } from './checks.ts'
import type { Life } from './crew.ts'
import type { Change } from './history.ts'
import type { TaskInvariant } from './invariants.ts'
import type { Entry } from './journal.ts'
import { measureReassignments } from './reassignment.ts'
import { lostIn } from './watch.ts'

/** What the simulator would see of bugs that Wedi does not have: each is told by its name. */

const AGENT = 'agent'
const OTHER = 'other'
const LEASE = 15_000
const life: Life = { agentId: AGENT, journal: 'journal', leaseSeconds: 15 }

type Step = Pick<Change, 'was' | 'now' | 'token'> & Partial<Change>
const change = (step: Step): Change => ({
  ...{ at: 0, taskId: 'task', tokenWas: step.token, agentWas: null, agent: null, leaseWas: null },
  ...{ paymentId: null, result: null },
  ...step,
})
const born = change({ was: null, now: 'QUEUED', token: '0', tokenWas: null })
const given = (token: string, at = 0, agent = AGENT) =>
  change({ was: 'QUEUED', now: 'ASSIGNED', token, tokenWas: String(BigInt(token) - 1n), at, agent })
const ended = (token: string, now: string, more: Partial<Change> = {}) =>
  change({ was: 'RUNNING', now, token, agentWas: AGENT, agent: AGENT, ...more })

const begun = (token: string): Entry => ({ what: 'begun', task: 'task', token, expiresAt: '', at: 1 })
const asked = (token: string, mark: string, act: 'complete' | 'fail' | 'heartbeat' = 'complete', at = 2): Entry => ({
  ...{ what: 'asked', act, task: 'task', token, mark, at },
})
const taken = (token: string, mark: string, act: 'complete' | 'fail' | 'heartbeat' = 'complete'): Entry => ({
  ...{ what: 'answered', act, task: 'task', token, mark, status: 200, code: '', at: 3 },
})

interface Story {
  readonly task?: Partial<TaskSeen>
  readonly changes: readonly Change[]
  readonly entries?: readonly Entry[]
}

function namesOf({ task = {}, changes, entries = [] }: Story): TaskInvariant[] {
  const findings = new Findings<TaskInvariant>()
  const seen = { id: 'task', status: 'SUCCEEDED', error: null, reason: null, mark: 'a', payments: 0, ...task }
  const submitted = { key: 'key', body: {}, kind: 'work' as const, ids: new Set(['task']), isAnswered: true }
  checkTasks(
    {
      book: { tasks: [{ ...submitted, isRefused: false }], odd: [], retired: new Set() },
      tasks: [seen],
      history: new Map([['task', changes]]),
      entries: entries.map((entry) => ({ ...entry, life })),
      calmAgents: new Set([AGENT]),
    },
    findings,
  )
  return [...new Set(findings.all.map(({ invariant }) => invariant))]
}

const right = [born, given('1'), ended('1', 'SUCCEEDED')]
const heard = [begun('1'), asked('1', 'a'), taken('1', 'a')]

it('finds nothing where nothing is wrong', () => {
  expect(namesOf({ changes: right, entries: heard })).toEqual([])
})

it.each<[string, TaskInvariant, Story]>([
  [
    'a task that goes on after it succeeded',
    'ended twice',
    { changes: [...right, change({ was: 'SUCCEEDED', now: 'FAILED', token: '1' })], entries: heard },
  ],
  [
    'a task that two completed',
    'ended twice',
    { changes: [...right], entries: [...heard, begun('2'), asked('2', 'b'), taken('2', 'b')] },
  ],
  [
    'a complete that was taken and did not count',
    'acknowledged but lost',
    {
      task: { status: 'DEAD', error: 'x', mark: null },
      changes: [born, given('1'), ended('1', 'DEAD')],
      entries: heard,
    },
  ],
  [
    'another result than the one that was taken',
    'acknowledged but lost',
    { task: { mark: 'b' }, changes: right, entries: [...heard, asked('1', 'b')] },
  ],
  [
    'an end that was said with an old token',
    'old token taken',
    { changes: [born, given('1'), given('2'), ended('2', 'SUCCEEDED')], entries: [begun('1'), asked('1', 'a')] },
  ],
  [
    'a heartbeat for an assignment that was over',
    'old token taken',
    {
      changes: [
        born,
        given('1'),
        ended('1', 'QUEUED', { at: 10, leaseWas: 9 }),
        given('2', 11),
        ended('2', 'SUCCEEDED'),
      ],
      entries: [begun('1'), asked('1', 'h', 'heartbeat', 100), taken('1', 'h', 'heartbeat'), asked('2', 'a')],
    },
  ],
  [
    'an assignment that keeps the token of the one before',
    'token not higher',
    {
      changes: [born, given('1'), ended('1', 'QUEUED', { at: 10, leaseWas: 9 }), { ...given('1', 11), tokenWas: '1' }],
      task: { status: 'FAILED', error: 'x', mark: null },
    },
  ],
  ['a token that two processes were given', 'token not higher', { changes: right, entries: [begun('1'), ...heard] }],
  [
    'a task that is taken from an agent that keeps its lease',
    'taken too early',
    {
      changes: [
        born,
        given('1'),
        ended('1', 'QUEUED', { at: 10, leaseWas: LEASE }),
        given('2', 11),
        ended('2', 'SUCCEEDED'),
      ],
      entries: [begun('1'), begun('2'), asked('2', 'a')],
    },
  ],
  ['two payments of one task', 'paid twice', { task: { payments: 2 }, changes: right, entries: heard }],
  ['a task that never ends', 'stuck', { task: { status: 'RUNNING', mark: null }, changes: [born, given('1')] }],
  [
    'a failure without a reason',
    'not recorded',
    { task: { status: 'FAILED', mark: null }, changes: [born, given('1'), ended('1', 'FAILED')] },
  ],
])('finds %s', (_what, invariant, story) => {
  expect(namesOf(story)).toContain(invariant)
})

it('measures how long a lost task waits, without what outages took', () => {
  const killedAt = 1000
  const changes = [
    born,
    given('1'),
    ended('1', 'QUEUED', { at: 16_200, leaseWas: 15_900, agentWas: AGENT }),
    given('2', 18_000, OTHER),
  ]
  const measure = (outages: { from: number; to: number }[]) => {
    const findings = new Findings<TaskInvariant>()
    const entries = [{ ...begun('1'), life: { ...life, killedAt } }]
    const history = new Map([['task', changes]])
    const measured = measureReassignments({ history, entries, outages, mayWait: new Set(), graceMs: 0 }, findings)
    return { ...measured, found: findings.all.map(({ invariant }) => invariant) }
  }
  expect(measure([])).toEqual({
    noticed: [300],
    afterLease: [2100],
    afterKill: [17_000],
    found: ['given late', 'given late'],
  })
  expect(measure([{ from: 16_000, to: 17_500 }])).toEqual({
    noticed: [100],
    afterLease: [600],
    afterKill: [15_500],
    found: [],
  })
})

it('counts a time that was lost to several outages once', () => {
  const outages = [
    { from: 10, to: 30 },
    { from: 0, to: 20 },
    { from: 90, to: 200 },
  ]
  expect(lostIn(outages, 5, 100)).toBe(35)
})
