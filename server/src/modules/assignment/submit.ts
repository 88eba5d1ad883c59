import type { TaskRow } from '@wedi/database'
import type { Static } from 'typebox'
import { Value } from 'typebox/value'
import { parseAsset, parsePayee } from '#platform/caip'
import type { Caller } from '#platform/caller'
import type { Tx } from '#platform/database/database'
import { newId } from '#platform/ids'
import { type FieldError, invalid, Problem } from '#platform/problem'
import { DEFAULT_MAX_ATTEMPTS, PAYMENT_TASK, PaymentPayload, type TaskBody } from './contract.ts'
import { laneOf } from './lane.ts'
import { type AssignmentNeeds, aboutTask } from './needs.ts'
import { taskProblems } from './problems.ts'
import type { Requirements } from './rules.ts'
import { laneStore } from './store/lanes.ts'
import { taskStore } from './store/tasks.ts'

export type TaskInput = Static<typeof TaskBody>

export function submitting(needs: Pick<AssignmentNeeds, 'agents' | 'chains' | 'decisions'>) {
  return {
    /** What a task is about is checked before it is stored: a payment task must be a payment that can be asked for. */
    async check(input: TaskInput): Promise<Requirements> {
      if (input.type !== PAYMENT_TASK) return input.requires ?? {}
      const faults = faultsOfPayload(input.payload)
      if (faults.length > 0) throw invalid(...faults)
      const payload = input.payload as Static<typeof PaymentPayload>
      const asset = await needs.chains.asset(payload.asset, '/payload/asset')
      const payee = parsePayee(payload.payee, asset, '/payload/payee')
      if (typeof payee !== 'string') throw invalid(payee)
      const { requires = {} } = input
      if (requires.asset !== undefined && parseAsset(requires.asset)?.id !== asset.id) {
        throw invalid({ path: '/requires/asset', message: 'is not the asset of the payload' })
      }
      if (requires.chain !== undefined && requires.chain !== asset.chain) {
        throw invalid({ path: '/requires/chain', message: 'is not the chain of the asset' })
      }
      return { ...requires, chain: asset.chain, asset: asset.id }
    },

    async submit(tx: Tx, caller: Caller, input: TaskInput, requires: Requirements): Promise<TaskRow> {
      if (input.agentId !== undefined) await needs.agents.requireIn(tx, input.agentId)
      const deadlineAt = input.deadlineAt === undefined ? null : new Date(input.deadlineAt)
      if (deadlineAt && deadlineAt <= tx.now) throw invalid({ path: '/deadlineAt', message: 'is in the past' })
      const { type, agentId = null, fairnessKey = null } = input
      const lane = laneOf({ type, requires, agentId, fairnessKey })
      laneStore.hold(tx, [lane.id])
      const row = await taskStore.insert(tx, {
        ...{ id: newId(), type, payload: input.payload, requires, priority: input.priority ?? 0, fairnessKey },
        ...{ dedupeKey: input.dedupeKey ?? null, agentId, laneId: lane.id, deadlineAt, createdBy: caller.actor },
        maxAttempts: input.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
      })
      if (!row) {
        const taken = input.dedupeKey === undefined ? undefined : await taskStore.byDedupeKey(tx, input.dedupeKey)
        throw new Problem(taskProblems.duplicate, { members: { taskId: taken?.id } })
      }
      laneStore.open(tx, lane)
      if (deadlineAt) laneStore.dueBy(tx, deadlineAt)
      const inputs = { type: row.type, payload: row.payload }
      await needs.decisions.record(tx, caller.actor, { type: 'task.submitted', ...aboutTask(row), inputs })
      return row
    },
  }
}

function faultsOfPayload(payload: unknown): FieldError[] {
  return [...Value.Errors(PaymentPayload, payload)].map(({ instancePath, message }) => ({
    path: `/payload${instancePath}`,
    message,
  }))
}
