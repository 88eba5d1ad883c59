import { TaskStatus } from '@wedi/database'
import { Type } from 'typebox'
import { paymentFields } from '#modules/payments'
import { ProviderNameSchema } from '#modules/wallets'
import {
  AssetId,
  body,
  Chain,
  Json,
  Label,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  stored,
  Time,
  Uuid,
} from '#platform/schemas'

export const PAYMENT_TASK = 'payment'
export const MAX_ATTEMPTS = 100
export const DEFAULT_MAX_ATTEMPTS = 5
const MAX_CLAIMED = 100
export const DEFAULT_LEASE_SECONDS = 30

const TaskType = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,99}$', examples: [PAYMENT_TASK] })

const Requirements = Type.Object(
  {
    provider: Type.Optional(ProviderNameSchema),
    chain: Type.Optional(Chain),
    asset: Type.Optional(AssetId),
    tags: Type.Optional(Type.Array(Label, { maxItems: 32, uniqueItems: true })),
  },
  { additionalProperties: false },
)

/** The payload of a task of type `payment`. */
export const PaymentPayload = Type.Object(paymentFields, { additionalProperties: false })

export const TaskBody = body({
  type: TaskType,
  payload: Json,
  requires: Type.Optional(Requirements),
  agentId: Type.Optional(Uuid),
  priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 9 })),
  fairnessKey: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  dedupeKey: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  deadlineAt: Type.Optional(Time),
  maxAttempts: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_ATTEMPTS })),
})

const TaskError = Type.Object({ code: Type.String(), detail: Type.String() }, { additionalProperties: true })

export const Task = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  type: Type.String(),
  payload: stored(Json),
  requires: stored(Json),
  status: oneOf(TaskStatus),
  priority: Type.Integer(),
  fairnessKey: nullable(Type.String()),
  dedupeKey: nullable(Type.String()),
  agentId: nullable(Uuid),
  assignedAgentId: nullable(Uuid),
  laneId: nullable(Uuid),
  fencingToken: Type.String(),
  leaseExpiresAt: nullable(Time),
  leaseSeconds: nullable(Type.Integer()),
  instanceId: nullable(Uuid),
  assignedAt: nullable(Time),
  isParked: Type.Boolean({
    description: 'Its payment was held for a person: it waits without a slot of its agent until it ends',
  }),
  attempt: Type.Integer(),
  maxAttempts: Type.Integer(),
  runAfter: Time,
  deadlineAt: nullable(Time),
  unassignableReason: nullable(Type.String()),
  paymentId: nullable(Uuid),
  result: stored(nullable(Json)),
  error: stored(nullable(TaskError)),
  createdBy: Type.String(),
  createdAt: Time,
  updatedAt: Time,
  finishedAt: nullable(Time),
})

/** Which assignment of the task is meant. */
const FencingToken = Type.String({ pattern: '^(0|[1-9][0-9]{0,17})$', description: 'As it came with the lease' })

const Lease = Type.Object({ fencingToken: Type.String(), expiresAt: Time })
export const ClaimBody = body({
  instanceId: Uuid,
  max: Type.Integer({ minimum: 1, maximum: MAX_CLAIMED }),
  waitMs: Type.Integer({ minimum: 0, maximum: 30_000, description: 'How long to wait for work' }),
  leaseSeconds: Type.Optional(
    Type.Integer({ minimum: 15, maximum: 60, description: 'A task that is not heard of for so long goes to another' }),
  ),
})
export const Claimed = Type.Object({ data: Type.Array(Type.Object({ task: Task, lease: Lease })) })
export const HeartbeatBody = body({ fencingToken: FencingToken })
export const Heartbeat = Type.Object({
  lease: nullable(Lease),
  cancelRequested: Type.Boolean({ description: 'The task was canceled: stop, nothing more is taken of it' }),
})
export const CompleteBody = body({ fencingToken: FencingToken, result: Type.Optional(nullable(Json)) })
export const NO_REASON = { code: 'task.failed', detail: 'The agent gave no reason.' }
export const FailBody = body({
  fencingToken: FencingToken,
  error: Type.Optional(
    Type.Object(
      {
        code: Type.String({ pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$' }),
        detail: Type.String({ minLength: 1, maxLength: 2000 }),
      },
      { additionalProperties: false, default: NO_REASON },
    ),
  ),
  retryable: Type.Optional(Type.Boolean({ default: true, description: 'False: no other attempt can do better' })),
})

const ShareFields = {
  key: Type.String({ maxLength: 200, description: 'Empty: of tasks without a `fairnessKey`' }),
  weight: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 1 })),
  maxRunning: Type.Optional(nullable(Type.Integer({ minimum: 0, maximum: 1_000_000 }))),
}
export const FairnessBody = body({
  keys: Type.Array(Type.Object(ShareFields, { additionalProperties: false }), { maxItems: 1000 }),
})
export const Fairness = Type.Object({
  keys: Type.Array(Type.Object({ key: Type.String(), weight: Type.Integer(), maxRunning: nullable(Type.Integer()) })),
})

export const TaskPage = pageOf(Task)
export const TaskParams = Type.Object({ taskId: Uuid })
export const TaskQuery = Type.Object(
  {
    ...PageQuery,
    status: Type.Optional(oneOf(TaskStatus)),
    type: Type.Optional(TaskType),
    agentId: Type.Optional(Uuid),
  },
  { additionalProperties: false },
)
