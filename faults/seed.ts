import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { makeKey } from '../server/src/modules/access/index.ts'
import { until } from '../server/test/support/until.ts'
import { newBook } from './asked.ts'
import { callerOf } from './caller.ts'
import { CONFIRMATIONS } from './chain.ts'
import { wreak } from './chaos.ts'
import { checkAll, isExplained, SETTLED } from './checks.ts'
import { startFreezer } from './freezes.ts'
import { Findings, type Violation } from './invariants.ts'
import { type Ledger, ledgerOf } from './ledger.ts'
import { startLoad } from './load.ts'
import { type Plan, type PlanOptions, planOf } from './plan.ts'
import { seeded } from './random.ts'
import { startRpcProxy } from './rpc-proxy.ts'
import { type Servers, startServers } from './servers.ts'
import { Tally } from './tally.ts'
import { makeTenant } from './tenant.ts'
import { watchLimits } from './watch.ts'
import { type EngineHouse, startEngineHouse, type World } from './world.ts'

export interface SeedResult {
  readonly seed: string
  readonly plan: Plan
  readonly kills: number
  readonly requests: number
  readonly freezes: number
  readonly samples: number
  /** Payments by the status they ended in. */
  readonly payments: Readonly<Record<string, number>>
  readonly denied: number
  readonly tasks: number
  readonly injected: Readonly<Record<string, number>>
  readonly violations: readonly Violation[]
  readonly seconds: number
  /** Where they went, after the start. */
  readonly phases: Readonly<Record<string, number>>
  /** Answers that took long, or were lost after long. */
  readonly slow: readonly string[]
  /** Of the servers, when something was violated. */
  readonly output: readonly string[]
}

const WEBHOOK_SECRET = 'the secret of the webhooks of the fault simulator'
const WEBHOOK_PATH = '/v1/wallet-providers/thirdweb-engine/webhook'
const ANSWER_MS = 60_000
const SLOW_MS = 4000
const QUIET_MS = 90_000
/** Random bytes would be no better: nothing here is worth stealing. */
const MASTER_KEY = 'the master key of the fault simulator, which guards nothing'

/** One seed: makes an organisation and its load, breaks things as planned, heals everything, waits, and checks. */
export async function runSeed(world: World, seed: string, options: PlanOptions): Promise<SeedResult> {
  const begun = performance.now()
  const plan = planOf(seed, options)
  const name = `seed_${seed.replaceAll(/[^a-z0-9]/g, '_')}`
  const directory = join(world.directory, name)
  const tally = new Tally()
  const findings = new Findings()
  const random = seeded(`run/${seed}`)
  const { database, chain } = world
  await database.drop(name)
  await database.create(name)
  const ledger = ledgerOf(database, name)
  const proxy = await startRpcProxy(chain.rpcUrl, (fault) => tally.add(fault))
  const house = plan.mode === 'local' ? undefined : await startEngineHouse(proxy.plainUrl)
  const key = makeKey('sk')
  const settings = {
    ...{ chain: chain.chain, rpcUrl: proxy.url, confirmations: CONFIRMATIONS },
    assets: [{ asset: `${chain.chain}/erc20:${chain.token}`, symbol: 'dUSD', decimals: 6 }],
  }
  const env = {
    ...{ DATABASE_URL: database.wayUrl(name), WEDI_MASTER_KEY: MASTER_KEY, WEDI_ADMIN_KEY: key },
    ...{ WEDI_CHAINS: JSON.stringify([settings]), LOG_LEVEL: process.env.LOG_LEVEL ?? 'error' },
    ...(house && {
      ...{ THIRDWEB_ENGINE_URL: house.engine.url, THIRDWEB_ENGINE_TOKEN: house.engine.token },
      ...(plan.mode === 'engine queue'
        ? { THIRDWEB_ENGINE_MODE: 'queue', THIRDWEB_ENGINE_WEBHOOK_SECRET: WEBHOOK_SECRET }
        : { THIRDWEB_ENGINE_MODE: 'signer' }),
    }),
  }
  const over = new AbortController()
  const { signal } = over
  let servers: Servers | undefined
  try {
    servers = await startServers({ count: plan.servers, directory, env })
    const book = newBook()
    const slow: string[] = []
    const { ready } = servers
    const admin = callerOf({
      ...{ ready, key },
      onAnswer: ({ method, path }, answered, ms) => {
        if (answered?.status === 500) book.odd.push(`${method} ${path}: 500 ${answered.body.code}`)
        if (ms > SLOW_MS) slow.push(`${method} ${path}: ${answered?.status ?? 'lost'} after ${Math.round(ms)} ms`)
      },
    })
    const tenant = await makeTenant(admin, chain, plan)
    await until('every book is open', async () => {
      await ledger.hurryReconciliation()
      return (await ledger.unopened()).length === 0
    })
    if (house && plan.mode === 'engine queue') misbehaveAsPlanned(house, plan, servers, tally)
    const watch = watchLimits(ledger, findings, signal)
    proxy.setWeather({ ...plan.weather, random: random.stream('weather') })
    const load = startLoad(tenant, book, { actors: plan.actors, random: random.stream('load'), signal })
    const freezer = startFreezer(tenant, {
      ...{ ledger, findings, random: random.stream('freezes'), signal },
      ...(house && { engine: () => house.engine }),
    })
    const phase = stopwatch()
    const { kills } = await wreak(plan.steps, { world, proxy, servers, house, tally })

    phase('breaking')
    proxy.setWeather()
    await Promise.all([freezer.finish(ANSWER_MS), load.finish(ANSWER_MS)])
    phase('answering')
    await quiet(ledger, house)
    phase('settling')
    const isTheftMeant = plan.theft !== undefined
    await reconciled(ledger, isTheftMeant)
    await watch.end()
    const known = { book, tenant, engine: house?.engine, isTheftMeant }
    const { payments, denials, tasks } = await checkAll({ ledger, chain, findings }, known)
    for (const what of servers.fallen()) findings.add('stuck', what)
    phase('checking')
    const statuses: Record<string, number> = {}
    for (const { status } of payments) statuses[status] = (statuses[status] ?? 0) + 1
    return {
      ...{ seed, plan, kills, payments: statuses, denied: denials.size, tasks: tasks.length },
      ...{ requests: load.requests(), freezes: freezer.windows(), samples: watch.samples() },
      ...{ injected: Object.fromEntries(tally.counts), violations: findings.all },
      ...{ slow, output: findings.all.length > 0 ? servers.output() : [] },
      ...{ phases: phase.seconds, seconds: (performance.now() - begun) / 1000 },
    }
  } catch (error) {
    throw new Error(`seed ${seed} broke down; the servers said:\n${servers?.output().join('\n---\n')}`, {
      cause: error,
    })
  } finally {
    over.abort()
    await servers?.stop()
    await house?.stop()
    await proxy.close()
    // What failed stays for whoever looks into it as long as the run goes on.
    if (findings.all.length === 0) await database.drop(name)
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** Called at the end of each phase with its name. */
function stopwatch() {
  let last = performance.now()
  const seconds: Record<string, number> = {}
  const lap = (phase: string) => {
    seconds[phase] = Number(((performance.now() - last) / 1000).toFixed(1))
    last = performance.now()
  }
  return Object.assign(lap, { seconds })
}

function misbehaveAsPlanned({ engine }: EngineHouse, plan: Plan, { urls }: Servers, tally: Tally): void {
  const [url] = urls
  engine.state.webhooks.push({
    ...{ id: 1, url: `${url}${WEBHOOK_PATH}`, eventType: 'all_transactions', secret: WEBHOOK_SECRET },
  })
  for (const how of [...plan.webhooks, ...(plan.theft ? [plan.theft] : [])]) {
    engine.misbehave(how)
    tally.add(`engine: ${how}`)
  }
}

const MOVING = ['RESERVED', 'SUBMITTING', 'SUBMITTED', 'UNKNOWN']
const LOOK_MS = 300
/** Nothing changed for so long although nothing has to wait: whatever is left is judged. */
const CALM_MS = 8000
/** The same when all that is left says what it waits for. */
const CALM_EXPLAINED_MS = 1500

/** Returns when nothing is on its way any more, or nothing has changed for a while: what then still is, is judged. */
async function quiet(ledger: Ledger, house: EngineHouse | undefined): Promise<void> {
  const deadline = performance.now() + QUIET_MS
  let last = ''
  let lastChange = performance.now()
  await ledger.endLeases()
  while (performance.now() < deadline) {
    await ledger.hurry()
    const [payments, tasks, frozen] = await Promise.all([ledger.payments(), ledger.tasks(), ledger.frozenByItself()])
    const open = payments.filter(({ status }) => MOVING.includes(status))
    const isOpen = open.some((each) => !isExplained(each, { payments, frozen, engine: house?.engine }))
    const waiting = new Set(payments.filter(({ status }) => !SETTLED.includes(status)).map(({ id }) => id))
    const working = tasks.filter(
      ({ status, paymentId }) =>
        status === 'ASSIGNED' || (status === 'RUNNING' && (paymentId === null || !waiting.has(paymentId))),
    )
    if (open.length === 0 && working.length === 0) return
    const now = JSON.stringify([open, working])
    if (now !== last) lastChange = performance.now()
    last = now
    const calmMs = isOpen || working.length > 0 ? CALM_MS : CALM_EXPLAINED_MS
    if (performance.now() - lastChange > calmMs) return
    await pause(LOOK_MS)
  }
}

const RECONCILED_MS = 6000
const THEFT_SEEN_MS = 20_000

/** Returns when each wallet's book is compared with the chain as it is now, or at the deadline: some wait for a doubt to pass. */
async function reconciled(ledger: Ledger, isTheftMeant: boolean): Promise<void> {
  const since = new Date()
  const deadline = performance.now() + (isTheftMeant ? THEFT_SEEN_MS : RECONCILED_MS)
  while (performance.now() < deadline) {
    await ledger.hurryReconciliation()
    await pause(LOOK_MS)
    if ((await ledger.unreconciled(since)).length === 0) return
  }
}
