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
import { approvalStore } from '../store/approvals.ts'
import { paymentStore } from '../store/payments.ts'
import { approvals } from './approvals.ts'
import { canceling } from './cancel.ts'
import { carrying } from './carry.ts'
import { executing } from './execute.ts'
import { freezing } from './freeze.ts'
import { hinting } from './hints.ts'
import type { PaymentNeeds } from './needs.ts'
import { outcomeOf, type PaymentRequest, type Requested, requesting } from './request.ts'
import { resolving } from './resolve.ts'

export type PaymentService = ReturnType<typeof paymentService>

/** Of the places for jobs: a chain that does not answer holds up payments and nothing else. */
const MAX_ADVANCING = 48

export function paymentService(needs: PaymentNeeds) {
  const { database, chains, jobs } = needs
  const request = requesting(needs)
  const answers = approvals(needs)
  const execute = executing(needs)
  const { cancel, withdraw } = canceling(needs)
  const { freeze, unfreeze, resume, signaturesEnded } = freezing(needs)
  const { proofOf, resolve } = resolving(needs)

  /** Does what is left to do for a payment, step by step, from whatever state it was left in. */
  async function advance({ organizationId, subject }: Job): Promise<JobResult> {
    for (;;) {
      const payment = await paymentStore.find(database, organizationId, subject)
      if (!payment) return 'done'
      if (payment.status !== 'RESERVED' && !IN_FLIGHT.includes(payment.status)) return 'done'
      const wallet = await needs.wallets.find(organizationId, payment.walletId)
      if (!wallet) throw new Error(`payment ${subject} has no wallet`)
      const next = await execute(payment, wallet)
      if (next !== 'look') return next
    }
  }

  jobs.handle('payments.advance', advance, { atMost: MAX_ADVANCING })
  jobs.handle('payments.expireApproval', ({ organizationId, subject }) => answers.expire(organizationId, subject))

  return {
    approve: answers.approve,
    reject: answers.reject,
    /** Looks at the payment of a queue's submission now. */
    lookAtSubmission: hinting(needs),
    cancel,
    withdraw,
    freeze,
    unfreeze,
    resume,
    signaturesEnded,
    proofOf,
    resolve,

    /** The asset of a request, looked at before the transaction is opened: it may ask the chain. */
    asset: (input: PaymentRequest): Promise<Asset> => chains.asset(input.asset),
    ...carrying(needs),
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
    read: (tx: Tx, id: string) => paymentStore.read(tx, id),
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

    async getApproval({ organizationId }: Caller, id: string) {
      const row = await approvalStore.read(database, organizationId, id)
      if (!row) throw new Problem(approvalProblems.notFound)
      return toWire(row)
    },

    async listApprovals({ organizationId }: Caller, page: PageRequest, query: Static<typeof ApprovalQuery>) {
      return pageFrom(toWire(await approvalStore.list(database, organizationId, page, query)), page)
    },

    hasOpenOfAgent: (tx: Tx, agentId: string) => paymentStore.hasOpenOfAgent(tx, agentId, OPEN),
    hasOpenOfWallet: (tx: Tx, walletId: string) => paymentStore.hasOpenOfWallet(tx, walletId, OPEN),

    historyOf: (async (tx, { scope, scopeId, asset, since }) => {
      const agentId = scope === 'AGENT' ? scopeId : null
      return {
        open: await paymentStore.openSince(tx, agentId, asset, since, OPEN),
        spent: await paymentStore.spentSince(tx, agentId, asset, since),
      }
    }) satisfies HistoryOf,
  }
}
