import type { Static } from 'typebox'
import { Type } from 'typebox'
import { ApiKey, accessRoutes, accessService, isGrantedToAll } from '#modules/access'
import { agentRoutes, agentService, instanceRoutes, instanceService } from '#modules/agents'
import { assignmentService, fairnessRoutes, taskRoutes, workRoutes } from '#modules/assignment'
import { CapabilityBody, capabilityRoutes, capabilityService, RULES_VERSION } from '#modules/capabilities'
import { type ChainSettings, chainRoutes, chainService, type Faucet } from '#modules/chains'
import { type DecisionLogSettings, decisionLog, decisionRoutes, decisionService, logRoutes } from '#modules/decisions'
import { eventRoutes, eventStreams } from '#modules/events'
import { healthRoutes, healthService } from '#modules/health'
import { integrationKeyRoutes, integrationKeyService } from '#modules/integration-keys'
import { organizationRoutes, organizationService } from '#modules/organizations'
import { type Facilitator, linkRoutes, linkService, type OriginOf, payRoutes } from '#modules/payment-links'
import {
  approvalRoutes,
  paymentRoutes,
  paymentService,
  reconciliationRoutes,
  reconciliationService,
} from '#modules/payments'
import { hostAgents, payAsAsked } from '#modules/runtime'
import {
  engineWebhookRoutes,
  type ProviderName,
  ProviderNameSchema,
  type WalletProvider,
  walletRoutes,
  walletService,
} from '#modules/wallets'
import { webhookRoutes, webhookService } from '#modules/webhooks'
import type { Clock } from '#platform/clock'
import { type KeyRing, keyRing } from '#platform/crypto'
import { Database } from '#platform/database/database'
import { Events } from '#platform/events'
import { effects, forgetExpiredReplies } from '#platform/http/idempotency'
import type { OutgoingSettings } from '#platform/http/outgoing'
import { type HttpServer, httpServer } from '#platform/http/server'
import { Jobs } from '#platform/jobs'
import type { Logger } from '#platform/log'
import { bootstrap } from './bootstrap.ts'
import { healthProbes } from './probes.ts'

export interface AppOptions {
  readonly databaseUrl: string
  readonly chains: readonly ChainSettings[]
  readonly faucet?: Faucet
  readonly providers: (keys: KeyRing) => ReadonlyMap<ProviderName, WalletProvider>
  readonly walletProvider: ProviderName
  /** Undefined: no Engine may tell anything. */
  readonly engineWebhookSecret?: string | undefined
  readonly decisionLog: DecisionLogSettings
  /** Where webhooks may lead; to public addresses unless told. */
  readonly outgoing?: OutgoingSettings
  readonly masterKey: string
  readonly adminKey: string
  /** True when nobody named the admin key: it is then kept only if there is no other in force. */
  readonly isAdminKeyMade?: boolean
  readonly rateLimitPerMinute: number
  /** Versions of the pepper keys are stored under; the last is for new ones. */
  readonly keyPeppers: readonly number[]
  /** Refused keys of one address, before it has to wait. */
  readonly failedKeysPerMinute: number
  /** Where users reach this server; undefined: where they say they do. */
  readonly publicUrl?: string | undefined
  /** Addresses and networks whose `X-Forwarded-…` is believed; nobody's unless told. */
  readonly trustedProxies?: readonly string[]
  /** Somebody else who settles what is paid by x402; undefined: the agents' own wallets do. */
  readonly facilitator?: Facilitator | undefined
  readonly version: string
  readonly log: Logger
  readonly clock: Clock
  /** Instead of the pauses between two looks at a wallet, or at an account of links, that fit its chain. */
  readonly reconcileEveryMs?: number
  /** Instead of five seconds between two heartbeats of an instance. */
  readonly heartbeatMs?: number
  /** Only for the test that takes the organisation out of every statement. */
  readonly rewriteStatements?: (text: string) => string
}

export interface App {
  readonly http: HttpServer
  /** What the routes of tasks call: for the bench, which measures without HTTP. */
  readonly services: { readonly database: Database; readonly tasks: ReturnType<typeof assignmentService> }
  /** Begins the work that follows from commits. */
  start(): void
  /** Forgets what is past; done by itself once an hour. */
  keepHouse(): Promise<void>
  /** Lets what runs come to an end, then closes everything. */
  stop(): Promise<void>
}

const HOUSEKEEPING_MS = 3_600_000
/** One Engine tells about four times of a payment; of what a key may ask in a minute this is little. */
const WEBHOOK_SHARE_OF_RATE = 50
/** Who finds keys reports a few; each report is a look into the database. */
const EXPOSURE_SHARE_OF_RATE = 1000

/** What a new agent may be given at birth by modules below its own. */
const furnishing = { capability: Type.Optional(CapabilityBody), walletProvider: Type.Optional(ProviderNameSchema) }
interface Furnishing {
  capability?: Static<typeof CapabilityBody>
  walletProvider?: ProviderName
}

/** The composition root: resources, modules, routes, from top to bottom. The map of the product. */
export async function buildApp(options: AppOptions): Promise<App> {
  const { log, clock } = options
  const keys = keyRing(options.masterKey)
  const rewriting = options.rewriteStatements ? { rewrite: options.rewriteStatements } : {}
  const database = new Database({ connectionString: options.databaseUrl, clock, log, ...rewriting })
  const jobs = new Jobs(database, log)
  const events = new Events(jobs)
  let operatorId: string | undefined

  // What stands further down is reached through functions that are only called once all of it is there.
  const decisionsLog = decisionLog({
    ...{ database, jobs, keys, log, settings: options.decisionLog, rulesVersion: RULES_VERSION },
    onHead: (tx) => {
      webhooks.onHead(tx)
      tx.afterCommit(() => streams.wake(tx.organizationId))
    },
  })
  const decisions = decisionService({ database, onRecorded: decisionsLog.wake })
  const access = accessService({
    ...{ database, decisions, jobs, events, log, clock, keys, pepperVersions: options.keyPeppers },
    ...{ failedKeysPerMinute: options.failedKeysPerMinute, isOperator: (id) => id === operatorId },
    organizations: { freezeIn: (tx, actor, reason) => organizations.freezeIn(tx, actor, reason) },
  })
  const organizations = organizationService({
    ...{ database, decisions },
    issueAdminKey: (tx, actor, name) => access.issue(tx, actor, { name, role: 'ADMIN' }),
    hasAdminKey: (tx) => access.hasAdminKey(tx),
    signaturesEnded: (organizationId) => payments.signaturesEnded(organizationId),
    resumePayments: (tx) => payments.resume(tx),
  })
  const agents = agentService<Furnishing>({
    ...{ database, decisions, events },
    furnish: async (tx, caller, agent, { capability, walletProvider }) => {
      health.begin(tx, agent.id)
      await capabilities.grantFirst(tx, caller, agent.id, capability)
      await wallets.open(tx, caller, agent, walletProvider)
    },
    retired: async (tx, agentId) => {
      health.end(tx, agentId)
      await links.payeeGone(tx, agentId)
    },
    hasMoneyInFlight: (tx, agentId) => payments.hasOpenOfAgent(tx, agentId),
    signaturesEnded: (organizationId, agentId) => payments.signaturesEnded(organizationId, { agentId }),
    resumePayments: (tx, agentId) => payments.resume(tx, { agentId }),
  })
  const instances = instanceService({
    ...{ database, decisions, events, log, agents, heartbeatMs: options.heartbeatMs },
    toleranceOf: (tx, agentId) => health.toleranceOf(tx, agentId),
    extendLeases: (organizationId, beats) => tasks.extendLeases(organizationId, beats),
    holdsTasks: (tx, instanceId) => tasks.holdsTasks(tx, instanceId),
    lost: (tx, rows) => health.lost(tx, rows),
  })
  const chains = chainService({ settings: options.chains, ...(options.faucet && { faucet: options.faucet }) })
  const capabilities = capabilityService({
    ...{ database, clock, decisions, events, organizations, agents, knownChains: chains.known },
    historyOf: (tx, about) => payments.historyOf(tx, about),
  })
  const wallets = walletService({
    ...{
      database,
      decisions,
      jobs,
      agents,
      chains,
      providers: options.providers(keys),
      defaultProvider: options.walletProvider,
    },
    opened: (tx, walletId) => reconciliation.openBooks(tx, walletId),
    hasMoneyInFlight: (tx, walletId) => payments.hasOpenOfWallet(tx, walletId),
    retired: (tx, agentId) => links.payeeGone(tx, agentId),
    signaturesEnded: (organizationId, scope) => payments.signaturesEnded(organizationId, scope),
    resumePayments: (tx, scope) => payments.resume(tx, scope),
  })
  const health = healthService({
    ...{ database, jobs, events, log, decisions, agents, instances },
    inUse: (organizationId, agentId) => tasks.inUseOf(organizationId, agentId),
  })
  const payments = paymentService({
    ...{ database, clock, jobs, events, decisions, organizations, agents, capabilities, chains, wallets },
    isWorkingOn: (tx, agentId, taskId) => tasks.isWorkingOn(tx, agentId, taskId),
    attach: (tx, taskId, payment) => tasks.attach(tx, taskId, payment.id, payment.status === 'HELD'),
    foreignNonce: (tx, found) => reconciliation.foreignNonce(tx, found),
  })
  const reconciliation = reconciliationService({
    ...{ database, clock, log, jobs, events, decisions, agents, chains, wallets },
    everyMs: options.reconcileEveryMs,
  })
  const tasks = assignmentService({
    ...{ database, jobs, events, log, decisions, organizations, agents, instances, capabilities, chains, wallets },
    ...{ payments, reconciliation, health },
  })
  const integrationKeys = integrationKeyService({
    ...{ database, clock, log, access, organizations, agents, capabilities },
  })
  const links = linkService({
    ...{ database, clock, jobs, events, decisions, agents, capabilities, chains, wallets, payments, tasks },
    ...{ integrationKeys },
    ...{ facilitator: options.facilitator, everyMs: options.reconcileEveryMs },
  })
  hostAgents({ database, events, decisions, tasks, payments, program: payAsAsked })
  const { feed } = decisionsLog
  const streams = eventStreams({ feed, log, authenticate: access.authenticate })
  const { outgoing = { allowsPrivate: false } } = options
  const webhooks = webhookService({ database, clock, log, keys, decisions, feed, outgoing })

  operatorId = await bootstrap({
    database,
    organizations,
    access,
    adminKey: { key: options.adminKey, isMade: options.isAdminKeyMade ?? false },
  })

  const http = await httpServer({
    ...{ logger: log, version: options.version, rateLimitPerMinute: options.rateLimitPerMinute },
    ...{ authenticate: access.authenticate, onKeyUsed: integrationKeys.used, isGrantedToAll },
    trustedProxies: options.trustedProxies ?? [],
  })
  const effect = effects(database, keys)
  const originOf: OriginOf = ({ protocol, host }) => options.publicUrl ?? `${protocol}://${host}`
  await http.register(healthProbes(database))
  await http.register(payRoutes(links, originOf))
  await http.register(
    async (v1) => {
      await v1.register(organizationRoutes(organizations, effect, ApiKey))
      await v1.register(accessRoutes(access, effect))
      await v1.register(agentRoutes(agents, { effect, access, decisions, furnishing }))
      await v1.register(instanceRoutes(instances, effect))
      await v1.register(capabilityRoutes(capabilities, effect))
      await v1.register(chainRoutes(chains))
      await v1.register(walletRoutes(wallets, effect))
      await v1.register(
        engineWebhookRoutes({
          ...{ clock, secret: options.engineWebhookSecret, look: payments.lookAtSubmission },
          deliveriesPerMinute: Math.ceil(options.rateLimitPerMinute / WEBHOOK_SHARE_OF_RATE),
        }),
      )
      await v1.register(healthRoutes(health, effect))
      await v1.register(taskRoutes(tasks, effect))
      await v1.register(workRoutes(tasks))
      await v1.register(fairnessRoutes(tasks, effect))
      await v1.register(paymentRoutes(payments, effect))
      await v1.register(approvalRoutes(payments, effect))
      await v1.register(reconciliationRoutes(reconciliation, effect))
      await v1.register(
        integrationKeyRoutes(integrationKeys, {
          ...{ effect, exposuresPerMinute: Math.ceil(options.rateLimitPerMinute / EXPOSURE_SHARE_OF_RATE) },
        }),
      )
      await v1.register(linkRoutes(links, effect, originOf))
      await v1.register(decisionRoutes(decisions, effect))
      await v1.register(logRoutes(decisionsLog))
      await v1.register(eventRoutes(streams))
      await v1.register(webhookRoutes(webhooks, effect))
    },
    { prefix: '/v1' },
  )

  let housekeeping: NodeJS.Timeout
  const keepHouse = () =>
    Promise.all([
      ...[forgetExpiredReplies(database), capabilities.limits.forgetPast(), instances.forgetPast()],
      ...[health.forgetPast(), integrationKeys.forgetPast()],
    ]).catch((err) => log.warn({ err }, 'cannot forget what is past'))
  return {
    http,
    keepHouse: async () => void (await keepHouse()),
    services: { database, tasks },
    start() {
      jobs.start()
      reconciliation.start()
      decisionsLog.start()
      instances.sweep.start()
      tasks.start()
      health.counting.start()
      webhooks.start()
      integrationKeys.start()
      housekeeping = setInterval(() => void keepHouse(), HOUSEKEEPING_MS).unref()
    },
    async stop() {
      clearInterval(housekeeping)
      tasks.endWaits()
      await http.close()
      await Promise.all([jobs.stop(), tasks.stop(), reconciliation.stop(), webhooks.stop()])
      await Promise.all([instances.sweep.stop(), health.counting.stop(), access.stop(), integrationKeys.stop()])
      await decisionsLog.stop()
      await database.close()
    },
  }
}
