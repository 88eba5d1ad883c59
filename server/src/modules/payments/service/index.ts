import type { PaymentRow } from '@wedi/database'
import type { Static } from 'typebox'
import type { HistoryOf } from '#modules/capabilities'
import { type Asset, parseAccount } from '#platform/caip'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import type { Job, JobResult } from '#platform/jobs'
import { Problem } from '#platform/problem'
import { type PageRequest, pageFrom } from '#platform/schemas'
import { toWire } from '#platform/wire'
import type { ApprovalQuery, PaymentQuery } from '../contract.ts'
import { approvalProblems, paymentProblems } from '../problems.ts'
import { IN_FLIGHT, OPEN } from '../rules.ts'
import { paymentStore, type SignatureScope } from '../store.ts'
import { approvals } from './approvals.ts'
import { executing, type Step } from './execute.ts'
import { hinting } from './hints.ts'
import { looking } from './look.ts'
import { holdStill, type PaymentNeeds } from './needs.ts'
import { outcomeOf, type PaymentRequest, type Requested, requesting } from './request.ts'
import { settle } from './settle.ts'

const SIGNATURE_POLL_MS = 20

export type PaymentService = ReturnType<typeof paymentService>

export function paymentService(needs: PaymentNeeds) {
  const { database, chains, jobs } = needs
  const request = requesting(needs)
  const answers = approvals(needs)
  const execute = executing(needs)
  const look = looking(needs)

  /** Does what is left to do for a payment, step by step, from whatever state it was left in. */
  async function advance({ organizationId, subject }: Job): Promise<JobResult> {
    for (;;) {
      const payment = await paymentStore.find(database, organizationId, subject)
      if (!payment) return 'done'
      const next = await stepOf(payment)
      if (next !== 'look') return next
    }
  }

  async function stepOf(payment: PaymentRow): Promise<Step> {
    if (payment.status !== 'RESERVED' && !IN_FLIGHT.includes(payment.status)) return 'done'
    const wallet = await needs.wallets.find(payment.organizationId, payment.walletId)
    if (!wallet) throw new Error(`payment ${payment.id} has no wallet`)
    const isSent = payment.status === 'SUBMITTED' || payment.status === 'UNKNOWN'
    return isSent ? look(payment, wallet) : execute(payment, wallet)
  }

  jobs.handle('payments.advance', advance)
  jobs.handle('payments.expireApproval', ({ organizationId, subject }) => answers.expire(organizationId, subject))

  return {
    approve: answers.approve,
    reject: answers.reject,
    /** Looks at the payment of a queue's submission now. */
    lookAtSubmission: hinting(needs),

    /** The asset of a request, looked at before the transaction is opened: it may ask the chain. */
    asset: (input: PaymentRequest): Promise<Asset> => chains.asset(input.asset),
    request: (tx: Tx, caller: Caller, asset: Asset, input: PaymentRequest): Promise<Requested> =>
      request(tx, caller, asset, input),
    outcomeOf,

    async get({ organizationId, agentId }: Caller, id: string) {
      const row = await paymentStore.find(database, organizationId, id)
      if (!row || (agentId !== undefined && row.agentId !== agentId)) throw new Problem(paymentProblems.notFound)
      return toWire(row)
    },

    /** For modules below: the payment as it is now. */
    find: (organizationId: string, id: string) => paymentStore.find(database, organizationId, id),
    /** The payment of a task that is not over without effect. */
    ofTask: (tx: Tx, taskId: string) => paymentStore.ofTask(tx, taskId),

    /**
     * True when a payment with this reference to this payee was made or is on its way. Until the transaction ends nobody
     * else gets an answer for the same two, so that two askers cannot both hear no.
     */
    async wasPaid(tx: Tx, { payee, reference }: { payee: string; reference: string }): Promise<boolean> {
      const account = parseAccount(payee)?.address ?? payee
      await paymentStore.lockReference(tx, account, reference)
      return paymentStore.withReference(tx, account, reference)
    },

    async list({ organizationId, agentId }: Caller, page: PageRequest, query: Static<typeof PaymentQuery>) {
      const own = agentId === undefined ? query : { ...query, agentId }
      return pageFrom(toWire(await paymentStore.list(database, organizationId, page, own)), page)
    },

    async cancel(tx: Tx, caller: Caller, id: string) {
      const seen = await paymentStore.read(tx, id)
      if (!seen) throw new Problem(paymentProblems.notFound)
      await holdStill(tx, needs, seen)
      const failure = { code: 'payment.canceled', detail: 'It was canceled before anything was signed.' }
      const row = await settle(tx, needs, id, {
        to: 'CANCELED',
        from: ['HELD', 'RESERVED'],
        actor: caller.actor,
        failure,
      })
      if (!row) throw new Problem(paymentProblems.notCancelable)
      if (row.approvalId !== null)
        await paymentStore.answerApproval(tx, row.approvalId, { status: 'VOIDED', by: caller.actor })
      return toWire(row)
    },

    async getApproval({ organizationId }: Caller, id: string) {
      const row = await paymentStore.readApproval(database, organizationId, id)
      if (!row) throw new Problem(approvalProblems.notFound)
      return toWire(row)
    },

    async listApprovals({ organizationId }: Caller, page: PageRequest, query: Static<typeof ApprovalQuery>) {
      return pageFrom(toWire(await paymentStore.listApprovals(database, organizationId, page, query)), page)
    },

    hasOpenOfAgent: (tx: Tx, agentId: string) => paymentStore.hasOpenOfAgent(tx, agentId, OPEN),
    hasOpenOfWallet: async (tx: Tx, walletId: string) => (await paymentStore.countOfWallet(tx, walletId, OPEN)) > 0,

    /** Returns when no signature of a scope that was begun before can still be made: it ended, or its time is up. */
    async signaturesEnded(organizationId: string, scope: SignatureScope = {}): Promise<void> {
      while ((await paymentStore.pendingSignatures(database, organizationId, scope, needs.clock())) > 0) {
        await new Promise((resolve) => setTimeout(resolve, SIGNATURE_POLL_MS))
      }
    },

    historyOf: (async (tx, { scope, scopeId, asset, since }) => {
      const agentId = scope === 'AGENT' ? scopeId : null
      return {
        open: await paymentStore.openSince(tx, agentId, asset, since, OPEN),
        spent: await paymentStore.spentSince(tx, agentId, asset, since),
      }
    }) satisfies HistoryOf,
  }
}
