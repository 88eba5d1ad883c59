import type { AgentRow, WalletRow, WalletStatus } from '@wedi/database'
import type { Hex } from 'viem'
import type { AgentService } from '#modules/agents'
import type { ChainService } from '#modules/chains'
import type { DecisionService } from '#modules/decisions'
import type { InFlightView } from '#modules/organizations'
import type { Caller } from '#platform/caller'
import type { Sealed } from '#platform/crypto'
import type { Database, Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import type { Jobs } from '#platform/jobs'
import { Problem } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import { walletProblems } from './problems.ts'
import {
  ProviderError,
  type ProviderName,
  type SigningWallet,
  type UnsignedTransaction,
  type WalletProvider,
} from './provider.ts'
import { provisioning } from './provision.ts'
import { isSignatureOf } from './rules.ts'
import { walletStore } from './store.ts'

/** A signature may take this long; a freeze waits as long for those that were begun before it. */
export const SIGNING_TIMEOUT_MS = 10_000

export interface WalletNeeds {
  database: Database
  decisions: Pick<DecisionService, 'record'>
  jobs: Jobs
  agents: Pick<AgentService, 'require' | 'lockShared' | 'lockForChange' | 'furnished' | 'explain'>
  chains: Pick<ChainService, 'list' | 'asset' | 'balance'>
  providers: ReadonlyMap<ProviderName, WalletProvider>
  defaultProvider: ProviderName
  /** Whoever keeps books of wallets hears of one that has its account now. */
  opened: (tx: Tx, walletId: string) => Promise<void>
  hasMoneyInFlight: (tx: Tx, walletId: string) => Promise<boolean>
  /** Whoever waits for money to a wallet of this agent hears that it is retired. */
  retired: (tx: Tx, agentId: string) => Promise<void>
  /** Returns when no signature begun before a freeze can still be made: with what was on its way. */
  signaturesEnded: (organizationId: string, scope: { walletId: string }) => Promise<InFlightView>
  /** Lets the payments go on that a freeze held back. */
  resumePayments: (tx: Tx, scope: { walletId: string }) => Promise<void>
}

export type WalletService = ReturnType<typeof walletService>

export function walletService(needs: WalletNeeds) {
  const { database, decisions, jobs, agents, chains, providers } = needs
  provisioning(needs)

  function record(tx: Tx, actor: string, type: string, row: WalletRow, inputs: Record<string, unknown> = {}) {
    return decisions.record(tx, actor, {
      type,
      subject: `wallet:${row.id}`,
      agentId: row.agentId,
      walletId: row.id,
      inputs,
    })
  }

  async function move(
    tx: Tx,
    caller: Caller,
    id: string,
    act: { type: string; to: WalletStatus; from: WalletStatus[]; reason?: string | undefined },
  ) {
    const row = await walletStore.move(tx, id, act)
    if (!row) {
      const present = await walletStore.lockShared(tx, id)
      if (!present) throw new Problem(walletProblems.notFound)
      throw new Problem(walletProblems.wrongStatus, {
        detail: `The wallet is ${present.status}: this cannot be done to it now.`,
      })
    }
    await record(tx, caller.actor, act.type, row, { reason: act.reason })
    return viewOf(row)
  }

  async function find({ organizationId }: Caller, id: string): Promise<WalletRow> {
    const row = await walletStore.find(database, organizationId, id)
    if (!row) throw new Problem(walletProblems.notFound)
    return row
  }

  function providerOf(row: Pick<WalletRow, 'provider'>): WalletProvider {
    const provider = providers.get(row.provider as ProviderName)
    if (!provider) throw new ProviderError('refused', `the wallet provider ${row.provider} is not configured here`)
    return provider
  }

  return {
    providerOf,

    /** For a new wallet: the agent, which stays as it is until the transaction ends. */
    lockAgent: (tx: Tx, agentId: string) => agents.lockShared(tx, agentId),

    /** Writes the wallet down; its account is made right after the commit, and again until it is there. */
    async open(
      tx: Tx,
      caller: Caller,
      agent: Pick<AgentRow, 'id' | 'status'>,
      name: ProviderName = needs.defaultProvider,
    ) {
      if (!providers.has(name)) throw new Problem(walletProblems.providerNotConfigured)
      if (agent.status === 'RETIRED') throw new Problem(walletProblems.agentRetired)
      const row = await walletStore.insert(tx, { id: newId(), agentId: agent.id, provider: name })
      await record(tx, caller.actor, 'wallet.requested', row, { provider: name })
      await jobs.request(tx, 'wallets.provision', row.id)
      return viewOf(row)
    },

    get: async (caller: Caller, id: string) => viewOf(await find(caller, id)),

    async list(caller: Caller, agentId: string, page: PageRequest) {
      await agents.require(caller, agentId)
      return pageFrom(toWire(await walletStore.list(database, caller.organizationId, agentId, page)), page)
    },

    /** What the wallet holds of every listed asset, as the chains say now. */
    async balances(caller: Caller, id: string) {
      const { address } = await find(caller, id)
      const listed = chains.list().flatMap(({ chain, assets }) => assets.map((asset) => ({ chain, ...asset })))
      const data = await Promise.all(
        listed.map(async (each) => ({
          ...each,
          amount: address === null ? '0' : await balanceOrNull(each.asset, address as Hex),
        })),
      )
      return { data }
    },

    async freeze(caller: Caller, id: string, reason?: string) {
      const frozen = await database.inOrganization(caller, (tx) =>
        move(tx, caller, id, { type: 'wallet.frozen', to: 'FROZEN', from: ['ACTIVE'], reason }),
      )
      return { ...frozen, inFlight: await needs.signaturesEnded(caller.organizationId, { walletId: id }) }
    },

    async unfreeze(tx: Tx, caller: Caller, id: string, reason?: string) {
      const wallet = await move(tx, caller, id, { type: 'wallet.unfrozen', to: 'ACTIVE', from: ['FROZEN'], reason })
      await needs.resumePayments(tx, { walletId: id })
      return wallet
    },

    /** For good. Refused while its money is on the way. */
    async retire(tx: Tx, caller: Caller, id: string, reason?: string) {
      const seen = await walletStore.read(tx, id)
      if (!seen) throw new Problem(walletProblems.notFound)
      // The agent first, as everyone takes it who decides over a payment.
      await agents.lockForChange(tx, seen.agentId)
      await walletStore.lockAlone(tx, id)
      if (await needs.hasMoneyInFlight(tx, id)) throw new Problem(walletProblems.moneyInFlight)
      const from: WalletStatus[] = ['PROVISIONING', 'ACTIVE', 'FROZEN']
      const retired = await move(tx, caller, id, { type: 'wallet.retired', to: 'RETIRED', from, reason })
      await needs.retired(tx, seen.agentId)
      return retired
    },

    /** The wallet an agent would pay from, as it stands until the transaction ends. */
    lockPaying: (tx: Tx, agentId: string) => walletStore.lockPaying(tx, agentId),
    /** The wallet each of these agents would pay from now. */
    payingOf: async (tx: Tx, agentIds: readonly string[]) =>
      new Map((await walletStore.payingOf(tx, agentIds)).map((row) => [row.agentId, row])),
    /** Those of these accounts that are wallets of the organisation, in lower case. */
    ownAddresses: (organizationId: string, addresses: readonly string[]) =>
      walletStore.ownAddresses(database, organizationId, addresses),
    find: (organizationId: string, id: string) => walletStore.find(database, organizationId, id),
    lockShared: (tx: Tx, id: string) => walletStore.lockShared(tx, id),
    lockAlone: (tx: Tx, id: string) => walletStore.lockAlone(tx, id),
    takeNonce: walletStore.takeNonce,
    adoptNonce: walletStore.adoptNonce,

    /** Signed bytes that are checked to say exactly what was asked: a provider's word is not enough. Our own code's is. */
    async sign(row: WalletRow, transaction: UnsignedTransaction, withinMs: number): Promise<Hex> {
      const wallet = signingWallet(row)
      const provider = providerOf(row)
      const signal = AbortSignal.timeout(Math.min(withinMs, SIGNING_TIMEOUT_MS))
      const raw = await provider.sign(wallet, transaction, signal)
      if (!provider.signsHere && !(await isSignatureOf(raw, transaction, wallet.address))) {
        throw new ProviderError('unknown', `${row.provider} signed something else than it was asked to`)
      }
      return raw
    },
  }

  async function balanceOrNull(asset: string, address: Hex): Promise<string | null> {
    try {
      return String(await chains.balance(await chains.asset(asset), address))
    } catch (error) {
      if (error instanceof Problem) return null
      throw error
    }
  }
}

export function signingWallet(row: WalletRow): SigningWallet {
  if (row.address === null) throw new Error(`wallet ${row.id} has no address yet`)
  const { organizationId, id } = row
  return { organizationId, id, address: row.address as Hex, keystore: row.keystore as Sealed | null }
}

function viewOf({ keystore: _, ...row }: WalletRow) {
  return toWire(row)
}
