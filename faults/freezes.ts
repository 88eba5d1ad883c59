import { setTimeout as pause } from 'node:timers/promises'
import type { FakeEngine } from '../server/test/support/fake-engine.ts'
import type { Findings } from './invariants.ts'
import type { Ledger, Scope } from './ledger.ts'
import type { Random } from './random.ts'
import type { Tenant } from './tenant.ts'

export interface Freezer {
  /** Lifts what is frozen and ends. */
  finish(deadlineMs: number): Promise<void>
  readonly windows: () => number
}

interface FreezerNeeds {
  readonly ledger: Ledger
  readonly findings: Findings
  readonly random: Random
  /** Ends it when everything broke down. */
  readonly signal: AbortSignal
  readonly engine?: () => FakeEngine
}

interface Target {
  readonly path: string
  readonly scope: Scope
  readonly addresses: readonly string[]
}

const LOOK_MS = 8000

/**
 * Freezes agents, wallets and everything, and lifts it again, one after the other. From the answer to a freeze until its
 * lifting is asked for, nothing in its scope may be signed or handed over: what is stored by then was stored before.
 */
export function startFreezer(tenant: Tenant, { ledger, findings, random, signal, engine }: FreezerNeeds): Freezer {
  let isOver = false
  let windows = 0
  const { admin } = tenant

  async function freezeAndLift(): Promise<void> {
    const { path, scope, addresses } = targetOf(tenant, random)
    const holdMs = random.between(200, 1500)
    const answered = await admin.once('POST', `${path}/freeze`, { reason: 'the simulator says so' })
    const since = new Date()
    const before = answered?.status === 200 ? await looked(() => ledger.signed(scope)) : undefined
    await pause(holdMs)
    const after = before && (await looked(() => ledger.signed(scope)))
    const until = new Date()
    if (before && after) {
      windows += 1
      const known = new Set(before)
      for (const id of after.filter((each) => !known.has(each)))
        findings.add('signed while frozen', `payment ${id} after ${path}/freeze was answered`)
      for (const what of doneBy(engine?.(), addresses, { since, until }))
        findings.add('signed while frozen', `${what} after ${path}/freeze was answered`)
    }
    await lift(path, 20_000)
  }

  /** 409: it was not frozen, or is no longer. */
  const lift = (path: string, deadlineMs: number) =>
    admin.surely({ method: 'POST', path: `${path}/unfreeze`, body: { reason: 'the simulator says so' } }, deadlineMs)

  const running = (async () => {
    while (!isOver && !signal.aborted) {
      await pause(random.between(300, 2500))
      if (!isOver && !signal.aborted) await freezeAndLift()
    }
  })()

  return {
    windows: () => windows,
    async finish(deadlineMs) {
      isOver = true
      await running
      // A freeze whose answer was lost may have been done late.
      for (const { path } of allTargets(tenant)) await lift(path, deadlineMs)
    },
  }
}

function allTargets({ agents }: Tenant): Target[] {
  const addresses = agents.map(({ address }) => address)
  return [
    { path: '/v1/organizations/current', scope: {}, addresses },
    ...agents.map(({ id, address }) => ({ path: `/v1/agents/${id}`, scope: { agentId: id }, addresses: [address] })),
    ...agents.map(({ walletId, address }) => ({
      ...{ path: `/v1/wallets/${walletId}`, scope: { walletId }, addresses: [address] },
    })),
  ]
}

const targetOf = (tenant: Tenant, random: Random): Target => random.pick(allTargets(tenant))

/** What an Engine did for these accounts in that time: signatures it was asked for, orders it took. */
function doneBy(
  engine: FakeEngine | undefined,
  addresses: readonly string[],
  { since, until }: { since: Date; until: Date },
): string[] {
  if (!engine) return []
  const isOurs = (address: string) => addresses.some((each) => each.toLowerCase() === address.toLowerCase())
  const isThen = (at: Date) => at > since && at < until
  return [
    ...engine.signatures
      .filter(({ by, at, from }) => by === 'sign-transaction' && isThen(at) && isOurs(from))
      .map(({ hash }) => `Engine signed ${hash}`),
    ...[...engine.transactions.values()]
      .filter(({ queuedAt, fromAddress }) => isThen(new Date(queuedAt)) && isOurs(fromAddress))
      .map(({ queueId }) => `Engine took the order ${queueId}`),
  ]
}

/** Undefined when the database stayed away: then there is nothing to compare. */
async function looked<T>(look: () => Promise<T>): Promise<T | undefined> {
  const deadline = performance.now() + LOOK_MS
  for (;;) {
    try {
      return await look()
    } catch {
      if (performance.now() > deadline) return undefined
      await pause(50)
    }
  }
}
