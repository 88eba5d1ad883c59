import type { KeyRole } from '@wedi/database'
import type { Static } from 'typebox'
import type { Agent } from '../../src/modules/agents/contract.ts'
import type { Task } from '../../src/modules/assignment/contract.ts'
import type { Capability, CapabilityBody } from '../../src/modules/capabilities/contract.ts'
import type { IntegrationKey } from '../../src/modules/integration-keys/contract.ts'
import type { Approval, Payment } from '../../src/modules/payments/contract.ts'
import type { Wallet } from '../../src/modules/wallets/contract.ts'
import type { TestApp } from './app.ts'
import { type Client, expectOk, type Reply } from './client.ts'
import { until } from './until.ts'

/** What the tests make again and again, with defaults for all that a test does not care about. */

export type AgentView = Static<typeof Agent>
export type WalletView = Static<typeof Wallet>
export type TaskView = Static<typeof Task>
export type PaymentView = Static<typeof Payment>
export type ApprovalView = Static<typeof Approval>
export type CapabilityView = Static<typeof Capability>
export type IntegrationKeyView = Static<typeof IntegrationKey>
type CapabilityInput = Static<typeof CapabilityBody>

/** An account nobody has the key of. */
export const PAYEE = '0x000000000000000000000000000000000000dEaD'
const FUNDS = '1000000000'

let count = 0
/** A text no other call gets, also not in another process. */
export const unique = (word: string): string => `${word}-${process.pid}-${++count}`

/** Everything, on its own authority. */
export const aCapability = (over: Partial<CapabilityInput> = {}): CapabilityInput => ({
  authorityLevel: 'AUTONOMOUS',
  ...{ taskTypes: ['*'], providers: ['*'], chains: ['*'], assets: ['*'], payees: { allow: ['*'], deny: [] } },
  ...over,
})

/** An agent that works: its wallet is there. */
export async function anAgent(client: Client, over: Record<string, unknown> = {}): Promise<AgentView> {
  const { id } = await expectOk(
    client.post<AgentView>('/v1/agents', { name: unique('agent'), capability: aCapability(), ...over }),
  )
  return until(`agent ${id} is active`, async () => {
    const { body } = await client.get<AgentView>(`/v1/agents/${id}`)
    return body.status === 'ACTIVE' && body
  })
}

/** An agent and its wallet, which holds an amount of the token (and, on this chain, needs nothing for gas). */
export async function aFundedAgent(
  app: TestApp,
  { client = app.admin, funds = FUNDS, ...over }: { client?: Client; funds?: string; [field: string]: unknown } = {},
): Promise<{ agent: AgentView; wallet: WalletView }> {
  const agent = await anAgent(client, over)
  const wallet = await walletOf(client, agent.id)
  await expectOk(client.post('/v1/dev/faucet', { address: wallet.address, asset: app.token, amount: funds }))
  return { agent, wallet }
}

export async function walletOf(client: Client, agentId: string): Promise<WalletView> {
  const { data } = await expectOk(client.get<{ data: WalletView[] }>(`/v1/agents/${agentId}/wallets`))
  const first = data.at(-1)
  if (!first) throw new Error(`agent ${agentId} has no wallet`)
  return first
}

/** The body of a task that asks for a payment. */
export const aPaymentTask = (
  app: TestApp,
  over: Record<string, unknown> = {},
  payload: Record<string, unknown> = {},
) => ({
  type: 'payment',
  payload: { payee: PAYEE, amount: '1', asset: app.token, ...payload },
  ...over,
})

/** A task that waits: no agent has its tag. */
export async function aTask(client: Client, over: Record<string, unknown> = {}): Promise<TaskView> {
  return expectOk(
    client.post<TaskView>('/v1/tasks', { type: 'errand', payload: {}, requires: { tags: ['nobody'] }, ...over }),
  )
}

/** Asks for a payment; whatever the answer is. */
export function aPayment(
  app: TestApp,
  { client = app.admin, ...over }: { client?: Client; agentId: string; [field: string]: unknown },
): Promise<Reply<PaymentView>> {
  const body = { payee: PAYEE, amount: '1', asset: app.token, ...over }
  return client.post<PaymentView>('/v1/payments', body, { 'idempotency-key': unique('payment') })
}

/** The payment once it is in one of these statuses. */
export async function paymentIn(
  client: Client,
  id: string,
  ...statuses: PaymentView['status'][]
): Promise<PaymentView> {
  let seen: PaymentView | undefined
  return until(
    `payment ${id} is ${statuses.join(' or ')}`,
    async () => {
      seen = (await client.get<PaymentView>(`/v1/payments/${id}`)).body
      return statuses.includes(seen.status) && seen
    },
    { last: () => seen },
  )
}

/** The task once it is in one of these statuses. */
export async function taskIn(client: Client, id: string, ...statuses: TaskView['status'][]): Promise<TaskView> {
  let seen: TaskView | undefined
  return until(
    `task ${id} is ${statuses.join(' or ')}`,
    async () => {
      seen = (await client.get<TaskView>(`/v1/tasks/${id}`)).body
      return statuses.includes(seen.status) && seen
    },
    { last: () => seen },
  )
}

const ROLES: readonly KeyRole[] = ['ADMIN', 'OPERATOR', 'APPROVER', 'AUDITOR', 'VIEWER']
export type Clients = Readonly<Record<KeyRole, Client>>

/** A client for each role of an organisation. */
export async function clientsOfEveryRole(admin: Client): Promise<Clients> {
  const made = await Promise.all(
    ROLES.map(async (role) => {
      const { secret } = await expectOk(admin.post<{ secret: string }>('/v1/api-keys', { name: unique(role), role }))
      return [role, admin.as(secret)] as const
    }),
  )
  return Object.fromEntries(made) as Clients
}

export interface TestOrganization {
  readonly id: string
  /** With its first admin key. */
  readonly admin: Client
  readonly clients: Clients
}

/** Another organisation than the first, with keys of every role. */
export async function anOrganization(app: TestApp, name = unique('organisation')): Promise<TestOrganization> {
  const made = app.admin.post<{ organization: { id: string }; secret: string }>('/v1/organizations', { name })
  const { organization, secret } = await expectOk(made)
  const admin = app.admin.as(secret)
  return { id: organization.id, admin, clients: await clientsOfEveryRole(admin) }
}

/** A client with an agent's own credential. */
export async function asAgent(client: Client, agentId: string): Promise<Client> {
  const { secret } = await expectOk(client.post<{ secret: string }>(`/v1/agents/${agentId}/credentials`, {}))
  return client.as(secret)
}

export interface MadeIntegrationKey {
  readonly integrationKey: IntegrationKeyView
  readonly secret: string
}

/** An integration key of an agent, a new one where none is named. */
export async function anIntegrationKey(admin: Client, over: Record<string, unknown> = {}): Promise<MadeIntegrationKey> {
  const agentId = over.agentId ?? (await anAgent(admin)).id
  return expectOk(
    admin.post<MadeIntegrationKey>('/v1/integration-keys', { name: unique('integration'), agentId, ...over }),
  )
}
