import type { ChainTransactionRow, PaymentRow, WalletRow } from '@wedi/database'
import type { Address, Hex } from 'viem'
import { type Question, recordOf, verdict } from '#modules/capabilities'
import { ChainUnavailable, type Preflight } from '#modules/chains'
import { ProviderError, SIGNING_TIMEOUT_MS, signingWallet, type UnsignedTransaction } from '#modules/wallets'
import { backoffMs } from '#platform/backoff'
import type { ChainId } from '#platform/caip'
import type { Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import type { JobResult } from '#platform/jobs'
import { assetOf, type Failure, IN_FLIGHT, isOnlyFrozen, payeeOf } from '../rules.ts'
import { paymentStore } from '../store.ts'
import { about, holdStill, type PaymentNeeds, type Standing } from './needs.ts'
import { settle } from './settle.ts'

const SYSTEM = 'system:payments'
const WAIT_FOR_WALLET_MS = 200
const WAIT_FOR_UNFREEZE_MS = 1000
const WAIT_FOR_CHAIN_MS = 1000
const WAIT_FOR_PROVIDER_MS = 2000
const REFUSAL_PAUSE = { baseMs: 1000, maxMs: 60_000 }
const MAX_REFUSALS = 10

/** What the next step of a payment is, once this one is committed. */
export type Step = JobResult | 'look'

/**
 * From a reserved payment to one that is sent. Each step commits before the next begins, and each can be found again
 * after a crash by the payment's status and what is stored of its transaction:
 * SUBMITTING without bytes: sign the stored fields (again). With bytes: broadcast them (again). Never new fields.
 */
export function executing(needs: PaymentNeeds) {
  const { database, chains, wallets, decisions, events } = needs

  const inTx = <T>(payment: PaymentRow, act: (tx: Tx) => Promise<T>) =>
    database.inOrganization(payment.organizationId, act)

  async function wait(payment: PaymentRow, failure: Failure, againInMs: number): Promise<Step> {
    await inTx(payment, (tx) => paymentStore.explain(tx, payment, failure))
    return { againInMs }
  }

  /** Ends a payment of which nothing was ever signed: that is the proof that its money did not move. */
  async function fail(payment: PaymentRow, code: string, detail: string): Promise<Step> {
    await inTx(payment, async (tx) => {
      await holdStill(tx, needs, payment)
      await settle(tx, needs, payment.id, {
        to: 'FAILED',
        from: ['RESERVED'],
        actor: SYSTEM,
        failure: { code, detail },
      })
    })
    return 'done'
  }

  async function begin(payment: PaymentRow, wallet: WalletRow): Promise<Step> {
    const facts = await chains.preflight({
      from: wallet.address as Address,
      payee: payeeOf(payment),
      asset: assetOf(payment),
      amount: payment.amount,
    })
    const lack = lackOf(payment, facts)
    if (lack) return fail(payment, lack.code, lack.detail)
    const isQueue = wallets.providerOf(wallet).mode === 'queue'
    const begun = await inTx(payment, async (tx): Promise<Step | ChainTransactionRow> => {
      const standing = await holdStill(tx, needs, { ...payment, alone: isQueue })
      const locked = await paymentStore.lock(tx, payment.id)
      if (locked?.status !== 'RESERVED' || !standing.wallet) return 'done'
      const refused = await reevaluate(tx, locked, standing)
      if (refused) return refused
      if (isQueue && (await paymentStore.countOfWallet(tx, wallet.id, IN_FLIGHT)) > 0)
        return { againInMs: WAIT_FOR_WALLET_MS }
      await paymentStore.move(tx, payment.id, { to: 'SUBMITTING', from: ['RESERVED'] })
      const nonce = isQueue
        ? BigInt(facts.minedNonce)
        : await wallets.takeNonce(tx, wallet.id, payment.chain, facts.minedNonce)
      return paymentStore.insertTransaction(
        tx,
        transactionOf(payment, facts, { nonce, isQueue, until: signingUntil(tx.now) }),
      )
    })
    if (typeof begun === 'string' || 'againInMs' in begun) return begun
    return isQueue ? submit(payment, wallet, begun) : sign(payment, wallet, begun)
  }

  /** Authority, limits, payee, wallet and freeze as they are now. A freeze holds the payment back; anything else ends it. */
  async function reevaluate(
    tx: Tx,
    payment: PaymentRow,
    { organization, agent, wallet }: Standing,
  ): Promise<Step | undefined> {
    const authority = await needs.capabilities.authorityOf(tx, agent.id)
    const limits = await needs.capabilities.limits.usesBeside(tx, payment)
    const question: Question = {
      ...{ now: tx.now, organization: organization.status, agent: agent.status, wallet, authority, limits, payment },
      stage: 'execution',
    }
    const { verdict: said, reasons } = verdict(question)
    if (said !== 'DENY') return undefined
    if (isOnlyFrozen(reasons)) {
      await paymentStore.explain(tx, payment, {
        code: 'payment.frozen',
        detail: 'It waits until the freeze is lifted.',
        reasons,
      })
      return { againInMs: WAIT_FOR_UNFREEZE_MS }
    }
    const failure = { code: 'payment.denied', detail: 'It is no longer allowed.', reasons }
    await settle(tx, needs, payment.id, {
      to: 'CANCELED',
      from: ['RESERVED'],
      actor: SYSTEM,
      failure,
      reasons,
      question: recordOf(question),
    })
    return 'done'
  }

  /** How long a signature that was begun may still be made: a freeze waits no longer. */
  function timeLeft({ signingUntil: until }: ChainTransactionRow): number {
    return until === null ? 0 : until.getTime() - needs.clock().getTime()
  }

  async function sign(payment: PaymentRow, wallet: WalletRow, transaction: ChainTransactionRow): Promise<Step> {
    const remainingMs = timeLeft(transaction)
    if (remainingMs <= 0) return { againInMs: 0 }
    const raw = await wallets.sign(wallet, unsignedOf(transaction), remainingMs)
    const stored = await inTx(payment, async (tx) => {
      const standing = await holdStill(tx, needs, payment)
      const isInTime = transaction.signingUntil !== null && tx.now <= transaction.signingUntil
      if (isFrozen(standing) || !isInTime) {
        await paymentStore.allowSigning(tx, payment.id, null)
        return undefined
      }
      return paymentStore.storeSignature(tx, payment.id, raw, chains.hashOf(raw))
    })
    if (!stored) return { againInMs: WAIT_FOR_UNFREEZE_MS }
    return broadcast(payment, stored)
  }

  /** A crash or a lost answer came between `begin` and the bytes: the same fields are signed again. */
  async function resume(payment: PaymentRow, wallet: WalletRow): Promise<Step> {
    const transaction = await paymentStore.transactionOf(database, payment.organizationId, payment.id)
    if (!transaction) throw new Error(`payment ${payment.id} is SUBMITTING without a transaction`)
    if (transaction.rawTransaction !== null) return broadcast(payment, transaction)
    if (transaction.submissionKey !== null) return unknown(payment, 'It is not known whether the provider took it.')
    const until = await inTx(payment, async (tx) => {
      const standing = await holdStill(tx, needs, payment)
      if (isFrozen(standing)) return undefined
      const signing = signingUntil(tx.now)
      await paymentStore.allowSigning(tx, payment.id, signing)
      return signing
    })
    if (!until) return { againInMs: WAIT_FOR_UNFREEZE_MS }
    return sign(payment, wallet, { ...transaction, signingUntil: until })
  }

  async function broadcast(
    payment: PaymentRow,
    { rawTransaction, transactionHash }: ChainTransactionRow,
  ): Promise<Step> {
    const result = await chains.broadcast(payment.chain as ChainId, rawTransaction as Hex)
    if (typeof result !== 'string')
      return wait(payment, { code: 'chain.refused', detail: result.refused }, WAIT_FOR_CHAIN_MS)
    await submitted(payment, transactionHash as Hex)
    return 'look'
  }

  async function submitted(payment: PaymentRow, transactionHash?: Hex): Promise<void> {
    await inTx(payment, async (tx) => {
      const move = {
        to: 'SUBMITTED' as const,
        from: ['SUBMITTING' as const],
        ...(transactionHash && { transactionHash }),
      }
      const row = await paymentStore.move(tx, payment.id, move)
      if (!row) return
      await decisions.record(tx, SYSTEM, { type: 'payment.submitted', ...about(row), inputs: { transactionHash } })
      await events.publish(tx, 'payment.changed', payment.id)
    })
  }

  /** Hands over once, with a key that is stored already. Whatever is not a clear no or yes is unknown. */
  async function submit(payment: PaymentRow, wallet: WalletRow, transaction: ChainTransactionRow): Promise<Step> {
    const { to, value, data, chain } = unsignedOf(transaction)
    const submission = { chain, to, value, data, submissionKey: transaction.submissionKey as string }
    // A freeze that answered counts on nothing being handed over after this; what was not handed over is refused by us.
    const remainingMs = timeLeft(transaction)
    if (remainingMs <= 0) return refused(payment, submission.submissionKey, 'It was too late to hand it over.')
    try {
      const provider = wallets.providerOf(wallet)
      const { queueId } = await provider.submit(signingWallet(wallet), submission, AbortSignal.timeout(remainingMs))
      await inTx(payment, (tx) => paymentStore.storeQueueId(tx, payment.id, queueId))
      await submitted(payment)
      return 'look'
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
      if (error.outcome === 'unknown') return unknown(payment, error.message)
      return refused(payment, submission.submissionKey, error.message)
    }
  }

  /** The provider said no and did nothing, which is proof: the payment begins again later, and not for ever. */
  async function refused(payment: PaymentRow, submissionKey: string, detail: string): Promise<Step> {
    const attempt = payment.attempts + 1
    const failure = { code: 'provider.refused', detail }
    await inTx(payment, async (tx) => {
      await holdStill(tx, needs, payment)
      // Another process may have called it unknown meanwhile; the one hand-over there was is the one that was refused.
      const from: ['SUBMITTING', 'UNKNOWN'] = ['SUBMITTING', 'UNKNOWN']
      const dropped = await paymentStore.dropTransaction(tx, payment.id, submissionKey)
      if (dropped.length === 0) return
      if (attempt < MAX_REFUSALS) await paymentStore.move(tx, payment.id, { to: 'RESERVED', from, failure })
      else await settle(tx, needs, payment.id, { to: 'FAILED', from, actor: SYSTEM, failure })
    })
    return attempt < MAX_REFUSALS ? { againInMs: backoffMs(attempt, REFUSAL_PAUSE) } : 'done'
  }

  /** Only the chain can say now what became of it. */
  async function unknown(payment: PaymentRow, detail: string): Promise<Step> {
    await inTx(payment, async (tx) => {
      const failure = { code: 'payment.outcomeUnknown', detail }
      const row = await paymentStore.move(tx, payment.id, { to: 'UNKNOWN', from: ['SUBMITTING'], failure })
      if (!row) return
      await decisions.record(tx, SYSTEM, { type: 'payment.unknown', ...about(row), inputs: { detail } })
      await events.publish(tx, 'payment.changed', payment.id)
    })
    return 'look'
  }

  /** Takes a reserved or half-submitted payment one step on. */
  return async function execute(payment: PaymentRow, wallet: WalletRow): Promise<Step> {
    try {
      return payment.status === 'RESERVED' ? await begin(payment, wallet) : await resume(payment, wallet)
    } catch (error) {
      if (error instanceof ChainUnavailable)
        return wait(payment, { code: 'chain.unavailable', detail: error.message }, WAIT_FOR_CHAIN_MS)
      if (error instanceof ProviderError)
        return wait(payment, { code: 'provider.unavailable', detail: error.message }, WAIT_FOR_PROVIDER_MS)
      throw error
    }
  }
}

const signingUntil = (now: Date): Date => new Date(now.getTime() + SIGNING_TIMEOUT_MS)

const isFrozen = ({ organization, agent, wallet }: Standing): boolean =>
  organization.status === 'FROZEN' || agent.status === 'FROZEN' || wallet?.status === 'FROZEN'

/** Why the transfer cannot work, seen before anything is signed. */
function lackOf(payment: PaymentRow, facts: Preflight): Failure | undefined {
  if (facts.balance < payment.amount) {
    return { code: 'payment.insufficientFunds', detail: `The wallet holds ${facts.balance} of ${payment.asset}.` }
  }
  if (facts.gas === undefined)
    return { code: 'payment.wouldRevert', detail: 'The chain says that this transfer would fail.' }
  const gasCost = facts.gas * facts.maxFeePerGas
  const needed = gasCost + facts.call.value
  if (facts.nativeBalance >= needed) return undefined
  return {
    code: 'payment.insufficientGas',
    detail: `The wallet holds ${facts.nativeBalance} of the native coin and needs ${needed}.`,
  }
}

interface StoredFields {
  to: Address
  value: string
  data: Hex
  gas: string
  maxFeePerGas: string
  maxPriorityFeePerGas: string
}

function transactionOf(payment: PaymentRow, facts: Preflight, how: { nonce: bigint; isQueue: boolean; until: Date }) {
  const { call, gas = 0n, maxFeePerGas, maxPriorityFeePerGas } = facts
  const unsigned: StoredFields = {
    ...{ to: call.to, value: String(call.value), data: call.data, gas: String(gas) },
    ...{ maxFeePerGas: String(maxFeePerGas), maxPriorityFeePerGas: String(maxPriorityFeePerGas) },
  }
  return {
    ...{ organizationId: payment.organizationId, id: newId(), paymentId: payment.id, walletId: payment.walletId },
    ...{ chain: payment.chain, nonce: how.nonce, unsigned, signingUntil: how.until, sinceBlock: facts.blockNumber },
    submissionKey: how.isQueue ? newId() : null,
  }
}

function unsignedOf({ chain, nonce, unsigned }: ChainTransactionRow): UnsignedTransaction {
  const { to, value, data, gas, maxFeePerGas, maxPriorityFeePerGas } = unsigned as StoredFields
  return {
    ...{ chain: chain as ChainId, nonce: Number(nonce), to, value: BigInt(value), data, gas: BigInt(gas) },
    ...{ maxFeePerGas: BigInt(maxFeePerGas), maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas) },
  }
}
