import { makeKey } from '#modules/access'
import { newId } from '#platform/ids'
import type { TestApp } from '../support/app.ts'
import { type Client, expectOk } from '../support/client.ts'
import {
  aCapability,
  anAgent,
  anIntegrationKey,
  anOrganization,
  aPayment,
  asAgent,
  aTask,
  type Clients,
  PAYEE,
  type PaymentView,
  unique,
  walletOf,
} from '../support/factories.ts'
import { aCollector, aLink } from '../support/links.ts'
import { type Receiver, startReceiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

/** An organisation an operation is tried in. */
export interface Scene {
  readonly app: TestApp
  readonly admin: Client
  readonly clients: Clients
}

/** What makes an operation succeed: ids for its address, a body, and another valid body where it takes a key. */
export interface Situation {
  readonly params?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
  readonly otherBody?: Readonly<Record<string, unknown>>
  /** Instead of the scene's own, for what would end the scene. */
  readonly admin?: Client
  /** Whose Idempotency-Keys that one shares, where it is not the organisation's. */
  readonly principal?: string
  readonly headers?: Readonly<Record<string, string>>
}

type Prepare = (scene: Scene) => Promise<Situation>

const nothing: Prepare = async () => ({})

async function agentId({ admin }: Scene, over: Record<string, unknown> = {}): Promise<string> {
  return (await anAgent(admin, over)).id
}

const ofAgent =
  (body?: Situation['body'], otherBody?: Situation['body']): Prepare =>
  async (scene) => ({
    params: { agentId: await agentId(scene) },
    ...(body && { body }),
    ...(otherBody && { otherBody }),
  })

const ofAgentAfter =
  (act: string): Prepare =>
  async (scene) => {
    const id = await agentId(scene)
    await expectOk(scene.admin.post(`/v1/agents/${id}/${act}`, {}))
    return { params: { agentId: id }, body: { reason: 'tried' } }
  }

/** An agent's own credential asks, for what only it may do. */
const ofItself =
  (body?: Situation['body'], otherBody?: Situation['body']): Prepare =>
  async (scene) => {
    const id = await agentId(scene, { runtime: 'REMOTE' })
    const admin = await asAgent(scene.admin, id)
    return {
      ...{ params: { agentId: id }, admin, principal: `agent:${id}` },
      ...(body && { body }),
      ...(otherBody && { otherBody }),
    }
  }

const ofInstance =
  (body?: Situation['body']): Prepare =>
  async (scene) => {
    const own = await ofItself()(scene)
    const made = own.admin?.post<{ id: string }>(`/v1/agents/${own.params?.agentId}/instances`, {})
    const { id } = await expectOk(made as NonNullable<typeof made>)
    return { ...own, params: { ...own.params, instanceId: id }, ...(body && { body }) }
  }

/** A remote agent with work in its hands. */
const ofHeldTask =
  (body: Situation['body'] = {}): Prepare =>
  async (scene) => {
    const { params, ...own } = await ofInstance()(scene)
    const { agentId: id, instanceId } = params as { agentId: string; instanceId: string }
    await expectOk(scene.admin.post('/v1/tasks', { type: 'errand', payload: {}, agentId: id }))
    const claim = { instanceId, max: 1, waitMs: 20_000 }
    const asked = (own.admin as Client).post<{ data: { task: { id: string }; lease: { fencingToken: string } }[] }>(
      `/v1/agents/${id}/claims`,
      claim,
    )
    const [got] = (await expectOk(asked)).data
    return {
      ...own,
      params: { taskId: got?.task.id as string },
      body: { fencingToken: got?.lease.fencingToken, ...body },
    }
  }
async function credentialOf(scene: Scene): Promise<{ agentId: string; credentialId: string }> {
  const id = await agentId(scene)
  const made = scene.admin.post<{ credential: { id: string } }>(`/v1/agents/${id}/credentials`, {})
  return { agentId: id, credentialId: (await expectOk(made)).credential.id }
}

const ofIntegrationKey =
  (body?: Situation['body'], otherBody?: Situation['body']): Prepare =>
  async ({ admin }) => {
    const { integrationKey } = await anIntegrationKey(admin)
    const params = { integrationKeyId: integrationKey.id }
    return { params, ...(body && { body }), ...(otherBody && { otherBody }) }
  }

const ofAgentInBody: Prepare = async (scene) => {
  const body = { agentId: await agentId(scene), name: 'one' }
  return { body, otherBody: { ...body, name: 'other' } }
}

const ofWallet =
  (body?: Situation['body'], after?: string): Prepare =>
  async (scene) => {
    const { id } = await walletOf(scene.admin, await agentId(scene))
    if (after !== undefined) await expectOk(scene.admin.post(`/v1/wallets/${id}/${after}`, {}))
    return { params: { walletId: id }, ...(body && { body }) }
  }

/** Asked for by the operator, so that the admin may approve it. */
export async function heldPayment(scene: Scene): Promise<PaymentView> {
  const agent = await agentId(scene, { capability: aCapability({ authorityLevel: 'PROPOSE' }) })
  return expectOk(aPayment(scene.app, { client: scene.clients.OPERATOR, agentId: agent }))
}

const ofPayment: Prepare = async (scene) => ({ params: { paymentId: (await heldPayment(scene)).id } })

/** In a status that only the outside world brings about: as the database's owner. */
const ofPaymentThatIs =
  (changed: string, body: Situation['body'], otherBody?: Situation['body']): Prepare =>
  async (scene) => {
    const { id } = await heldPayment(scene)
    await scene.app.query(`update payment set ${changed} where id = $1`, [id])
    return { params: { paymentId: id }, ...(body && { body }), ...(otherBody && { otherBody }) }
  }

const ofApproval =
  (body?: Situation['body'], otherBody?: Situation['body']): Prepare =>
  async (scene) => {
    const { approvalId } = await heldPayment(scene)
    return { params: { approvalId: approvalId as string }, ...(body && { body }), ...(otherBody && { otherBody }) }
  }

const ofLink: Prepare = async ({ app, admin }) => {
  const { shop } = await aCollector(app, { client: admin })
  return { params: { linkId: (await aLink(app, shop)).id } }
}

/** As if the chain had shown it, of a payer nobody knows. */
async function aReceivedPayment(scene: Scene): Promise<void> {
  const { params } = await ofLink(scene)
  await scene.app.query(
    `insert into payment_link_payment (organization_id, id, link_id, state, kind, asset, pay_to, payer, amount,
                                       transaction_hash, log_index, block_number, created_at, updated_at)
     select organization_id, $2::uuid, id, 'CONFIRMED', 'UNDER', asset, pay_to, $3, 1, $2::text, 0, 1, now(), now()
     from payment_link where id = $1`,
    [params?.linkId, newId(), PAYEE],
  )
}

const ofSlug =
  (headers: Record<string, string>): Prepare =>
  async ({ app, admin }) => {
    const { shop } = await aCollector(app, { client: admin })
    return { params: { slug: (await aLink(app, shop)).slug }, headers }
  }

/** As if a look at the chain had found it: whose money it was is left out. */
export async function aBreak(scene: Scene): Promise<string> {
  const agent = await agentId(scene)
  const { id: walletId, organizationId } = await walletOf(scene.admin, agent)
  const id = newId()
  await scene.app.query(
    `insert into reconciliation_break (organization_id, id, kind, subject, severity, agent_id, wallet_id, chain, expected,
                                       seen, opened_at, last_seen_at)
     values ($1, $2::uuid, 'balance.differs', $2::text, 'WARNING', $3, $4, 'eip155:31337', '{}', '{}', now(), now())`,
    [organizationId, id, agent, walletId],
  )
  return id
}

const ofBreak =
  (body?: Situation['body']): Prepare =>
  async (scene) => ({ params: { breakId: await aBreak(scene) }, ...(body && { body }) })

const ofTask =
  (after?: string): Prepare =>
  async ({ admin }) => {
    const { id } = await aTask(admin)
    if (after !== undefined) await expectOk(admin.post(`/v1/tasks/${id}/${after}`))
    return { params: { taskId: id } }
  }

/** In an organisation of its own: a frozen one would stop whatever comes after. */
const ofOrganization =
  (before?: string): Prepare =>
  async ({ app }) => {
    const { admin } = await anOrganization(app)
    if (before !== undefined) await expectOk(admin.post(`/v1/organizations/current/${before}`, { reason: 'tried' }))
    return { body: { reason: 'tried' }, admin }
  }

/** The newest decision once it has its place in the tree. */
const integratedDecision = (admin: Client): Promise<{ id: string }> =>
  until('the newest decision is integrated', async () => {
    const { data } = await expectOk(
      admin.get<{ data: { id: string; leafIndex: string | null }[] }>('/v1/decisions?limit=1'),
    )
    return data[0]?.leafIndex != null && data[0]
  })

const afterIntegration: Prepare = async ({ admin }) => {
  await integratedDecision(admin)
  return {}
}

let receiver: Promise<Receiver> | undefined

/** Told of nothing but what is asked for, to an address that takes it. */
async function aWebhookBody() {
  receiver ??= startReceiver()
  return { url: (await receiver).url, types: ['nobody.said'], description: unique('webhook') }
}

const ofWebhook =
  (body?: Situation['body']): Prepare =>
  async ({ admin }) => {
    const made = admin.post<{ webhook: { id: string } }>('/v1/webhooks', await aWebhookBody())
    return { params: { webhookId: (await expectOk(made)).webhook.id }, ...(body && { body }) }
  }

/** A test that was taken. */
const ofDelivery: Prepare = async (scene) => {
  const { params = {} } = await ofWebhook()(scene)
  const path = `/v1/webhooks/${params.webhookId}`
  const { id } = await expectOk(scene.admin.post<{ id: string }>(`${path}/test`))
  await until('the test was taken', async () => {
    const { data } = await expectOk(scene.admin.get<{ data: unknown[] }>(`${path}/deliveries?status=DELIVERED`))
    return data.length === 1
  })
  return { params: { ...params, deliveryId: id } }
}

const twoBodies =
  (make: () => Record<string, unknown>): Prepare =>
  async () => ({ body: make(), otherBody: make() })

/** Every operation of the API. */
export const situations: Readonly<Record<string, Prepare>> = {
  isLive: nothing,
  isReady: nothing,

  createOrganization: twoBodies(() => ({ name: unique('organisation') })),
  recoverOrganization: async ({ app }) => {
    const made = app.admin.post<{ organization: { id: string }; secret: string }>('/v1/organizations', {
      name: unique('organisation'),
    })
    const { organization, secret } = await expectOk(made)
    await expectOk(app.admin.post('/v1/key-exposures', { secret }))
    return {
      params: { organizationId: organization.id },
      body: { reason: 'they asked' },
      otherBody: { reason: 'they asked again' },
    }
  },
  listOrganizations: nothing,
  getCurrentOrganization: nothing,
  patchCurrentOrganization: async () => ({ body: { name: unique('organisation') } }),
  putOrganizationLimits: async () => ({ body: { limits: [] } }),
  freezeCurrentOrganization: ofOrganization(),
  unfreezeCurrentOrganization: ofOrganization('freeze'),

  createApiKey: twoBodies(() => ({ name: unique('key'), role: 'VIEWER' })),
  listApiKeys: nothing,
  revokeApiKey: async ({ admin }) => {
    const made = admin.post<{ apiKey: { id: string } }>('/v1/api-keys', { name: unique('key'), role: 'VIEWER' })
    return { params: { apiKeyId: (await expectOk(made)).apiKey.id } }
  },
  rotateApiKey: async ({ admin }) => {
    const made = admin.post<{ apiKey: { id: string } }>('/v1/api-keys', { name: unique('key'), role: 'VIEWER' })
    const params = { apiKeyId: (await expectOk(made)).apiKey.id }
    return { params, body: { graceSeconds: 0 }, otherBody: { graceSeconds: 60 } }
  },

  createIntegrationKey: ofAgentInBody,
  listIntegrationKeys: async (scene) => {
    await anIntegrationKey(scene.admin)
    return {}
  },
  getIntegrationKey: ofIntegrationKey(),
  rotateIntegrationKey: ofIntegrationKey({ graceSeconds: 0 }, { graceSeconds: 60 }),
  revokeIntegrationKey: ofIntegrationKey({ reason: 'tried' }),
  reportKeyExposure: async () => ({ body: { secret: makeKey('ik') } }),

  createAgent: twoBodies(() => ({ name: unique('agent') })),
  listAgents: nothing,
  getAgent: ofAgent(),
  patchAgent: ofAgent({ description: 'tried' }),
  retireAgent: ofAgent(),
  pauseAgent: ofAgent({ reason: 'tried' }),
  resumeAgent: ofAgentAfter('pause'),
  freezeAgent: ofAgent({ reason: 'tried' }),
  unfreezeAgent: ofAgentAfter('freeze'),
  createAgentCredential: ofAgent({ name: 'one' }, { name: 'other' }),
  listAgentCredentials: async (scene) => {
    const { agentId: id } = await credentialOf(scene)
    return { params: { agentId: id } }
  },
  revokeAgentCredential: async (scene) => ({ params: await credentialOf(scene) }),

  createInstance: ofItself({ version: '1' }, { version: '2' }),
  listInstances: ofInstance(),
  heartbeatInstance: ofInstance({ load: { inUse: 1 } }),
  stopInstance: ofInstance(),

  listHealth: ofAgent(),
  getAgentHealth: ofAgent(),
  getHealthThresholds: ofAgent(),
  putHealthThresholds: ofAgent({ errorRate: 0.3 }),

  getCapability: ofAgent(),
  putCapability: ofAgent(aCapability()),
  listCapabilityRevisions: ofAgent(),
  getAgentLimits: ofAgent(),

  listChains: nothing,
  fundFromFaucet: async ({ app }) => ({ body: { address: PAYEE, asset: app.token, amount: '1' } }),

  createWallet: ofAgent({}, { walletProvider: 'local' }),
  listWallets: ofAgent(),
  getWallet: ofWallet(),
  getWalletBalances: ofWallet(),
  freezeWallet: ofWallet({ reason: 'tried' }),
  unfreezeWallet: ofWallet({ reason: 'tried' }, 'freeze'),
  retireWallet: ofWallet({ reason: 'tried' }),

  createTask: twoBodies(() => ({
    type: 'errand',
    payload: { name: unique('errand') },
    requires: { tags: ['nobody'] },
  })),
  listTasks: nothing,
  getTask: ofTask(),
  cancelTask: ofTask(),
  requeueTask: ofTask('cancel'),

  getFairness: nothing,
  putFairness: async () => ({ body: { keys: [] } }),

  claimTasks: async (scene) => {
    const situation = await ofInstance()(scene)
    return { ...situation, body: { instanceId: situation.params?.instanceId, max: 1, waitMs: 0 } }
  },
  heartbeatTask: ofHeldTask(),
  completeTask: ofHeldTask({ result: { done: true } }),
  failTask: ofHeldTask({ error: { code: 'errand.impossible', detail: 'tried' }, retryable: false }),

  createPayment: async (scene) => {
    const body = { agentId: await agentId(scene), payee: PAYEE, amount: '1', asset: scene.app.token }
    return { body, otherBody: { ...body, amount: '2' } }
  },
  listPayments: nothing,
  getPayment: ofPayment,
  cancelPayment: ofPayment,
  freezePayment: async (scene) => ({ ...(await ofPayment(scene)), body: { reason: 'tried' } }),
  unfreezePayment: ofPaymentThatIs(`frozen_at = now(), frozen_reason = 'tried'`, { reason: 'tried' }),
  resolvePayment: ofPaymentThatIs(
    `status = 'UNKNOWN'`,
    { outcome: 'SET_ASIDE', note: 'nobody knows' },
    { outcome: 'SET_ASIDE', note: 'somebody knows' },
  ),

  listApprovals: nothing,
  getApproval: ofApproval(),
  approvePayment: ofApproval({ note: 'yes' }, { note: 'no' }),
  rejectPayment: ofApproval({ note: 'yes' }, { note: 'no' }),

  createPaymentLink: async ({ app, admin }) => {
    const { shop, keyId } = await aCollector(app, { client: admin })
    const body = { amount: '1000000', asset: app.token }
    return { body, otherBody: { ...body, amount: '2000000' }, admin: shop, principal: `integration-key:${keyId}` }
  },
  listPaymentLinks: async (scene) => {
    await ofLink(scene)
    return {}
  },
  getPaymentLink: ofLink,
  cancelPaymentLink: ofLink,
  listPaymentLinkPayments: async (scene) => {
    await aReceivedPayment(scene)
    return {}
  },
  payLink: ofSlug({ accept: 'text/html' }),
  getPayStatus: ofSlug({}),

  listBreaks: nothing,
  getBreak: ofBreak(),
  resolveBreak: ofBreak({ note: 'seen' }),

  listDecisions: nothing,
  getDecision: async ({ admin }) => ({ params: { decisionId: (await integratedDecision(admin)).id } }),
  getDecisionProof: async ({ admin }) => ({ params: { decisionId: (await integratedDecision(admin)).id } }),
  addDecisions: ofAgent({ inputs: { seen: 'one' } }, { inputs: { seen: 'other' } }),
  redactDecision: async (scene) => {
    const agent = await agentId(scene)
    const inputs = { name: 'A. Person', city: 'Lyon' }
    const { id } = await expectOk(scene.admin.post<{ id: string }>(`/v1/agents/${agent}/decisions`, { inputs }))
    const body = { fields: ['name'], reason: 'asked for' }
    return { params: { decisionId: id }, body, otherBody: { ...body, fields: ['city'] } }
  },
  getLogCheckpoint: afterIntegration,
  getLogKey: nothing,
  getOperatorKey: nothing,
  getOperatorCheckpoint: async ({ admin }) => {
    await until('the operator has a head', async () => (await admin.get('/v1/log/operator/checkpoint')).status === 200)
    return {}
  },
  getLogConsistency: afterIntegration,
  exportLog: afterIntegration,
  getLogTile: async ({ admin }) => {
    await integratedDecision(admin)
    return { params: { '*': 'entries/000.p/1' } }
  },

  streamEvents: nothing,
  createWebhook: async () => ({ body: await aWebhookBody(), otherBody: await aWebhookBody() }),
  listWebhooks: ofWebhook(),
  getWebhook: ofWebhook(),
  patchWebhook: ofWebhook({ description: 'tried' }),
  deleteWebhook: ofWebhook(),
  rotateWebhookSecret: ofWebhook(),
  testWebhook: ofWebhook(),
  listWebhookDeliveries: ofDelivery,
  replayWebhookDelivery: ofDelivery,
  replayWebhook: ofWebhook({ leafIndex: '0' }),
}

/** What an operation needs to know to be tried; a new one has to be entered above. */
export function situationOf(operationId: string): Prepare {
  const prepare = situations[operationId]
  if (!prepare) throw new Error(`server/test/guards/situations.ts does not know ${operationId}`)
  return prepare
}
