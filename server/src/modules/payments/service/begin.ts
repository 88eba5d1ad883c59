import type { ChainTransactionRow, PaymentRow, WalletRow } from '@wedi/database'
import type { Preflight } from '#modules/chains'
import { SIGNING_TIMEOUT_MS } from '#modules/wallets'
import type { Tx } from '#platform/database/database'
import type { JobResult } from '#platform/jobs'
import { type Failure, IN_FLIGHT, isOnlyFrozen } from '../rules.ts'
import { paymentStore } from '../store/payments.ts'
import { type NewTransaction, transactionStore } from '../store/transactions.ts'
import type { Foreign } from './foreign.ts'
import { AGAIN, holdStill, PARKED, type PaymentNeeds, reevaluate, type Standing, type Step, SYSTEM } from './needs.ts'
import { adoptNonce } from './nonce.ts'
import { settle, wakeNext } from './settle.ts'
import { deadlineIn, type Signing } from './sign.ts'
import type { Submitting } from './submit.ts'
import { firstOf, isSigned, transferOf, unsignedOf } from './transaction.ts'

/** It is woken when the wallet is free; the timer is only for a wake that was lost. */
const WAIT_FOR_WALLET: JobResult = { againInMs: 30_000 }
const WALLET_IS_BUSY: Failure = {
  code: 'payment.waitsForWallet',
  detail: 'Its queue takes one payment of a wallet at a time, and another one is not settled yet.',
}

/**
 * From a reserved payment to one whose nonce and fields are written down. Everything is asked of the chain before the
 * transaction is opened, and judged again in it.
 */
export function beginning(
  needs: PaymentNeeds,
  {
    sign,
    broadcast,
    submit,
    foreign,
  }: Pick<Signing, 'sign' | 'broadcast'> & Pick<Submitting, 'submit'> & { foreign: Foreign },
) {
  const { database, chains, wallets } = needs

  /** Ends a payment of which nothing was ever signed: that is the proof that its money did not move. */
  async function fail(payment: PaymentRow, failure: Failure, isQueue: boolean): Promise<Step> {
    return database.inOrganization(payment.organizationId, async (tx) => {
      await holdStill(tx, needs, payment)
      const row = await settle(tx, needs, payment.id, { to: 'FAILED', from: ['RESERVED'], actor: SYSTEM, failure })
      if (isQueue) await wakeNext(tx, needs, payment)
      return row ? 'done' : AGAIN
    })
  }

  /** What stands in the way now: a freeze holds the payment back, anything else ends it. */
  async function obstacle(
    tx: Tx,
    payment: PaymentRow,
    standing: Standing,
    isQueue: boolean,
  ): Promise<JobResult | undefined> {
    const { verdict, reasons, question } = await reevaluate(tx, needs, payment, standing)
    if (verdict !== 'DENY') return undefined
    if (isOnlyFrozen(reasons)) {
      const detail = 'It waits until the freeze is lifted.'
      await paymentStore.explain(tx, payment, { code: 'payment.frozen', detail, reasons })
      return PARKED
    }
    const failure = { code: 'payment.denied', detail: 'It is no longer allowed.', reasons }
    const end = { to: 'CANCELED' as const, from: ['RESERVED' as const], actor: SYSTEM, failure, reasons, question }
    await settle(tx, needs, payment.id, end)
    if (isQueue) await wakeNext(tx, needs, payment)
    return 'done'
  }

  /** The nonce to sign with; undefined when the chain is ahead of our book, which only a stranger can have done. */
  async function nonceOf(tx: Tx, payment: PaymentRow, minedNonce: number): Promise<bigint | undefined> {
    const { walletId, chain } = payment
    const nonce = await wallets.takeNonce(tx, walletId, chain, minedNonce)
    if (nonce !== undefined || !(await transactionStore.wasQueued(tx, walletId, chain))) return nonce
    // A queue that this wallet paid through gave out nonces of its own: the chain is right.
    await adoptNonce(tx, needs, payment, minedNonce)
    return wallets.takeNonce(tx, walletId, chain, minedNonce)
  }

  /** The fields, before anyone is asked to sign them; with their bytes, when nobody has to be asked. */
  async function write(tx: Tx, wallet: WalletRow, fields: NewTransaction): Promise<ChainTransactionRow> {
    if (!wallets.providerOf(wallet).signsHere) return transactionStore.insert(tx, fields, SIGNING_TIMEOUT_MS)
    const raw = await wallets.sign(wallet, unsignedOf(fields), SIGNING_TIMEOUT_MS)
    return transactionStore.insertSigned(tx, fields, { raw, hash: chains.hashOf(raw) })
  }

  /** Said once, and in place of nothing else: what a refusal or a freeze has said explains more. */
  async function waitForWallet(payment: PaymentRow): Promise<JobResult> {
    if (payment.failure === null)
      await database.inOrganization(payment.organizationId, (tx) => paymentStore.explain(tx, payment, WALLET_IS_BUSY))
    return WAIT_FOR_WALLET
  }

  return async function begin(payment: PaymentRow, wallet: WalletRow): Promise<Step> {
    const isQueue = wallets.providerOf(wallet).mode === 'queue'
    if (isQueue && (await paymentStore.looksBusy(database, payment, IN_FLIGHT))) return waitForWallet(payment)
    const facts = await chains.preflight(transferOf(payment, wallet))
    const lack = lackOf(payment, facts)
    if (lack) return fail(payment, lack, isQueue)
    const deadline = deadlineIn()
    const begun = await database.inOrganization(payment.organizationId, async (tx) => {
      const [standing, locked] = await Promise.all([
        holdStill(tx, needs, { ...payment, alone: isQueue }),
        paymentStore.lock(tx, payment.id),
      ])
      // Another process has gone on with it, whose lease may be the one that ended: this job stays until it is settled.
      if (locked?.status !== 'RESERVED') return AGAIN
      if (!standing.wallet) return 'done'
      const stop = await obstacle(tx, locked, standing, isQueue)
      if (stop) return stop
      if (isQueue && (await paymentStore.isBusy(tx, wallet.id, IN_FLIGHT))) return WAIT_FOR_WALLET
      const nonce = isQueue ? BigInt(facts.minedNonce) : await nonceOf(tx, payment, facts.minedNonce)
      if (nonce === undefined) return 'ahead' as const
      const [transaction] = await Promise.all([
        write(tx, wallet, firstOf(payment, facts, { nonce, isQueue })),
        paymentStore.move(tx, payment.id, { to: 'SUBMITTING', from: ['RESERVED'] }),
      ])
      return transaction
    })
    if (begun === 'ahead') return foreign.ahead(payment, facts.minedNonce)
    if (typeof begun === 'string' || 'againInMs' in begun) return begun
    if (isQueue) return submit(payment, wallet, begun, deadline)
    const submitting = submittingOf(payment)
    return isSigned(begun) ? broadcast(submitting, wallet, begun) : sign(submitting, wallet, begun, deadline)
  }
}

/** As the commit just made it, without reading it again. */
const submittingOf = (payment: PaymentRow): PaymentRow => ({ ...payment, status: 'SUBMITTING' })

/** Gas is the only thing of its own that a wallet spends on somebody's permission; a plain token needs a sixth of it. */
const MAX_CARRY_GAS = 500_000n

/** Why the transfer cannot work, seen before anything is signed. */
function lackOf(payment: PaymentRow, facts: Preflight): Failure | undefined {
  if (facts.balance < payment.amount) {
    return { code: 'payment.insufficientFunds', detail: `The wallet holds ${facts.balance} of ${payment.asset}.` }
  }
  if (facts.gas === undefined)
    return { code: 'payment.wouldRevert', detail: 'The chain says that this transfer would fail.' }
  if (payment.authorization !== null && facts.gas > MAX_CARRY_GAS)
    return { code: 'payment.tooMuchGas', detail: `To carry it takes ${facts.gas} gas, more than ${MAX_CARRY_GAS}.` }
  const gasCost = facts.gas * facts.maxFeePerGas
  const needed = gasCost + facts.call.value
  if (facts.nativeBalance >= needed) return undefined
  return {
    code: 'payment.insufficientGas',
    detail: `The wallet holds ${facts.nativeBalance} of the native coin and needs ${needed}.`,
  }
}
