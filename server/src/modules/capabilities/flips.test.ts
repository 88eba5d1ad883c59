import { AgentStatus, type AuthorityLevel, LimitWindow, OrganizationStatus, WalletStatus } from '@wedi/database'
import type { Static, TSchema } from 'typebox'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import {
  aCapability,
  anAgent,
  aPayment,
  PAYEE,
  type PaymentView,
  type TaskView,
  unique,
} from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'
import { AgentLimitInput, CapabilityBody, LimitInput } from './contract.ts'
import { type Question, verdict } from './rules.ts'

/** No dead knobs: whatever can be set changes what happens, alone. */

type Capability = Static<typeof CapabilityBody>
type LimitOf = Static<typeof AgentLimitInput>

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A Tuesday at noon, the first of its month: an hour, a day and a week later are in the same day, week and month. */
const NOON = Date.UTC(2031, 3, 1, 12)
const OTHER_PAYEE = `0x${'1'.repeat(40)}`
const started = Date.now()
let laterMs = 0

let app: TestApp
let admin: Client
beforeAll(async () => {
  app = await startApp({ clock: () => new Date(NOON + laterMs + Date.now() - started) })
  admin = await anOrganization()
})
beforeEach(() => {
  laterMs = 0
})
afterAll(() => app.stop())

async function anOrganization(): Promise<Client> {
  const made = app.admin.post<{ secret: string }>('/v1/organizations', { name: unique('flipping') })
  return app.admin.as((await expectOk(made)).secret)
}

/** Pays 10 to PAYEE by itself, and has 101 held. */
const base = (): Capability =>
  aCapability({ authorityLevel: 'SUPERVISED', approvalThreshold: [{ asset: app.token, amount: '100' }] })

interface Asked {
  /** Whether 101 are held before, and so taken of each limit. */
  isAfter101?: boolean
  laterMs?: number
  payee?: string
  client?: Client
}

async function outcome(capability: Capability, asked: Asked = {}): Promise<string> {
  const { client = admin, payee = PAYEE } = asked
  const { id: agentId } = await anAgent(client, { capability })
  if (asked.isAfter101) expect(said(await aPayment(app, { client, agentId, amount: '101' }))).toBe('HELD')
  laterMs = asked.laterMs ?? 0
  const answer = said(await aPayment(app, { client, agentId, amount: '10', payee }))
  laterMs = 0
  return answer
}

function said({ status, body }: { status: number; body: PaymentView }): string {
  if (status === 201) return body.status
  return (body as unknown as { reasons: { code: string }[] }).reasons.map(({ code }) => code).join()
}

/** Of which field of the body, its values on both sides, and what becomes of a payment of 10. */
type Flip = readonly [field: string, from: () => Partial<Capability>, to: () => Partial<Capability>, becomes: string]

const authority: Flip[] = [
  ['providers', () => ({ providers: ['thirdweb'] }), () => ({}), 'capability.providerNotAllowed → RESERVED'],
  ['chains', () => ({ chains: [] }), () => ({}), 'capability.chainNotAllowed → RESERVED'],
  [
    'assets',
    () => ({ assets: [app.coin], approvalThreshold: [] }),
    () => ({ assets: [app.token], approvalThreshold: [] }),
    'capability.assetNotAllowed → RESERVED',
  ],
  ['payees.allow', () => payees([OTHER_PAYEE], []), () => payees([PAYEE], []), 'payee.notAllowed → RESERVED'],
  ['payees.deny', () => payees(['*'], [PAYEE]), () => payees(['*'], [OTHER_PAYEE]), 'payee.denied → RESERVED'],
  ['approvalThreshold.amount', () => threshold(app.token, '9'), () => threshold(app.token, '10'), 'HELD → RESERVED'],
  ['approvalThreshold.asset', () => threshold(app.token, '9'), () => threshold(app.coin, '9'), 'HELD → RESERVED'],
]
const payees = (allow: string[], deny: string[]) => ({ payees: { allow, deny } })
const threshold = (asset: string, amount: string) => ({ approvalThreshold: [{ asset, amount }] })

/** A payment of 10 with a threshold of 9, and with one of 100: no two levels say the same. */
const levels: Record<AuthorityLevel, readonly [above: string, below: string]> = {
  OBSERVE: ['authority.observeOnly', 'authority.observeOnly'],
  PROPOSE: ['HELD', 'HELD'],
  SUPERVISED: ['HELD', 'RESERVED'],
  AUTONOMOUS: ['RESERVED', 'RESERVED'],
}

type LimitFlip = readonly [
  field: string,
  from: (token: string, coin: string) => LimitOf,
  to: (token: string, coin: string) => LimitOf,
  asked?: Asked,
]
const capped = (asset: string, over: Partial<LimitOf> = {}): LimitOf => ({ window: 'DAY', asset, ...over })
/** Each window forgets when the one before it has, and not sooner. */
const forgets = (window: LimitWindow, next: LimitWindow, laterMs: number): LimitFlip => [
  'window',
  (asset) => ({ window: next, asset, maxAmount: '110' }),
  (asset) => ({ window, asset, maxAmount: '110' }),
  { isAfter101: true, laterMs },
]

/** Each is denied on the first side and made on the second, of agents and of organisations alike. */
const limits: LimitFlip[] = [
  ...Object.values(LimitWindow).map(
    (window): LimitFlip => [
      'maxAmount',
      (asset) => capped(asset, { window, maxAmount: '9' }),
      (asset) => capped(asset, { window, maxAmount: '10' }),
    ],
  ),
  ...Object.values(LimitWindow)
    .filter((window) => window !== 'TRANSACTION')
    .map(
      (window): LimitFlip => [
        'maxCount',
        (asset) => capped(asset, { window, maxCount: 1 }),
        (asset) => capped(asset, { window, maxCount: 2 }),
        { isAfter101: true },
      ],
    ),
  forgets('TRANSACTION', 'HOUR', 0),
  forgets('HOUR', 'DAY', HOUR_MS),
  forgets('DAY', 'WEEK', DAY_MS),
  forgets('WEEK', 'MONTH', 7 * DAY_MS),
  forgets('MONTH', 'LIFETIME', 30 * DAY_MS),
  ['asset', (token) => capped(token, { maxAmount: '9' }), (_, coin) => capped(coin, { maxAmount: '9' })],
]
const perPayee: LimitFlip = [
  'perPayee',
  (asset) => capped(asset, { maxAmount: '110' }),
  (asset) => capped(asset, { maxAmount: '110', perPayee: true }),
  { isAfter101: true, payee: OTHER_PAYEE },
]

describe('alone, it changes what becomes of a payment:', () => {
  it.each(authority)('%s', async (_field, from, to, becomes) => {
    const answers = [await outcome({ ...base(), ...from() }), await outcome({ ...base(), ...to() })]
    expect(answers.join(' → ')).toBe(becomes)
  })

  it.each(Object.entries(levels))('authorityLevel %s', async (level, becomes) => {
    const authorityLevel = level as AuthorityLevel
    const sides = ['9', '100'].map((amount) => ({ ...base(), authorityLevel, ...threshold(app.token, amount) }))
    expect([await outcome(sides[0] as Capability), await outcome(sides[1] as Capability)]).toEqual(becomes)
  })

  it('expiresAt', async () => {
    const expiresAt = new Date(NOON + HOUR_MS).toISOString()
    expect(await outcome({ ...base(), expiresAt }, { laterMs: 2 * HOUR_MS })).toBe('capability.expired')
    expect(await outcome({ ...base(), expiresAt: null }, { laterMs: 2 * HOUR_MS })).toBe('RESERVED')
  })

  it.each([...limits, perPayee].map((each, n) => [each[0], n, each] as const))(
    'limits.%s of an agent (%s)',
    async (_field, _n, [, from, to, asked]) => {
      const sides = [from, to].map((side) => ({ ...base(), limits: [side(app.token, app.coin)] }))
      expect(await outcome(sides[0] as Capability, asked)).toMatch(/^limit\.(amount|count)Exceeded$/)
      expect(await outcome(sides[1] as Capability, asked)).toBe('RESERVED')
    },
  )

  it.each(limits.map((each, n) => [each[0], n, each] as const))(
    'limits.%s of an organisation (%s)',
    async (_field, _n, [, from, to, asked]) => {
      const answers: string[] = []
      for (const side of [from, to]) {
        const client = await anOrganization()
        const body = { limits: [side(app.token, app.coin)] }
        await expectOk(client.put('/v1/organizations/current/limits', body))
        answers.push(await outcome(base(), { ...asked, client }))
      }
      expect(answers[0]).toMatch(/^limit\.(amount|count)Exceeded$/)
      expect(answers[1]).toBe('RESERVED')
    },
  )
})

const work: readonly (readonly [field: string, from: Partial<Capability>])[] = [
  ['taskTypes', { taskTypes: ['errand'] }],
  ['tags', { tags: ['us'] }],
]

describe('alone, it changes who gets a task:', () => {
  it.each(work)('%s', async (_field, from) => {
    const client = await anOrganization()
    const able = { ...base(), taskTypes: ['payment'], tags: ['eu'] }
    const { id } = await anAgent(client, { capability: { ...able, ...from } })
    const payload = { payee: PAYEE, amount: '1', asset: app.token }
    const task = { type: 'payment', payload, requires: { tags: ['eu'] } }
    const made = await expectOk(client.post<TaskView>('/v1/tasks', task))
    const see = async () => (await client.get<TaskView>(`/v1/tasks/${made.id}`)).body
    await until('nobody can take it', async () => (await see()).unassignableReason !== null)
    await expectOk(client.put(`/v1/agents/${id}/capability`, able))
    await until('it is taken', async () => (await see()).assignedAgentId === id)
  })
})

describe('alone, it changes a verdict:', () => {
  const question = (over: Partial<Question>): Question => ({
    ...{ now: new Date(NOON), organization: 'ACTIVE', agent: 'ACTIVE', limits: [], stage: 'request' },
    wallet: { status: 'ACTIVE', provider: 'local' },
    payment: { payee: PAYEE, amount: 1n, asset: 'eip155:1/slip44:60', chain: 'eip155:1' },
    authority: {
      ...{ revision: 1, authorityLevel: 'AUTONOMOUS', taskTypes: [], providers: ['*'], chains: ['*'], assets: ['*'] },
      ...{ payeesAllow: ['*'], payeesDeny: [], approvalThreshold: [], expiresAt: null },
    },
    ...over,
  })
  const active = (stage: Question['stage']) => ({
    agent: stage === 'execution' ? ['ACTIVE', 'PAUSED'] : ['ACTIVE'],
    ...{ organization: ['ACTIVE'], wallet: ['ACTIVE'] },
  })

  it.each(
    (['request', 'execution'] as const).flatMap((stage) => [
      ...Object.values(OrganizationStatus).map((status) => ['organization', status, stage] as const),
      ...Object.values(AgentStatus).map((status) => ['agent', status, stage] as const),
      ...Object.values(WalletStatus).map((status) => ['wallet', status, stage] as const),
    ]),
  )('the status of the %s, when it is %s, at %s', (whose, status, stage) => {
    const value = whose === 'wallet' ? { status, provider: 'local' } : status
    const answer = verdict(question({ [whose]: value, stage } as Partial<Question>))
    expect(answer.verdict).toBe(active(stage)[whose].includes(status) ? 'ALLOW' : 'DENY')
  })
})

describe('every field is among them', () => {
  interface Shape {
    properties?: Record<string, TSchema>
    items?: TSchema
  }
  /** `payees.allow`, `limits.window`: whatever holds a value of its own. */
  const fieldsOf = (schema: TSchema, prefix = ''): string[] => {
    const { properties, items } = schema as Shape
    const inner = properties ?? (items as Shape | undefined)?.properties
    if (!inner) return [prefix]
    return Object.entries(inner).flatMap(([name, each]) => fieldsOf(each, prefix ? `${prefix}.${name}` : name))
  }

  it('of a capability', () => {
    const flipped = [
      ...[...authority, ...work].map(([field]) => field),
      ...[...limits, perPayee].map(([field]) => `limits.${field}`),
      ...['authorityLevel', 'expiresAt'],
    ]
    expect(new Set(fieldsOf(CapabilityBody))).toEqual(new Set(flipped))
  })

  it('of a limit', () => {
    expect(new Set(fieldsOf(LimitInput))).toEqual(new Set(limits.map(([field]) => field)))
    expect(new Set(fieldsOf(AgentLimitInput))).toEqual(new Set([...limits, perPayee].map(([field]) => field)))
  })
})
