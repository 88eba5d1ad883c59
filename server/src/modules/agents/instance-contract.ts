import { InstanceStatus } from '@wedi/database'
import { Type } from 'typebox'
import { body, Label, nullable, oneOf, PageQuery, pageOf, Time, Uuid } from '#platform/schemas'
import { MAX_CONCURRENCY } from './contract.ts'

/** How often an instance has to be heard of. */
export const HEARTBEAT_MS = 5000
/** Alive at once, of one agent. */
export const MAX_INSTANCES = 1000
/** What one heartbeat may name. */
const MAX_TASKS = 1000

/** How many heartbeats an agent's instances may miss. */
export interface Tolerance {
  readonly suspectAfter: number
  readonly downAfter: number
}

export const Instance = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  agentId: Uuid,
  version: nullable(Type.String({ description: 'What it says it runs' })),
  labels: Type.Array(Type.String()),
  status: oneOf(InstanceStatus),
  isDraining: Type.Boolean({ description: 'It was asked to stop and still holds tasks: it gets no more' }),
  maxConcurrency: nullable(Type.Integer({ description: 'How many tasks it may hold at once' })),
  inUse: Type.Integer({ description: 'How many tasks it says it is working on' }),
  heartbeatMs: Type.Integer({ description: 'How often it has to be heard of' }),
  suspectAfter: Type.Integer({ description: 'So many heartbeats missed make it SUSPECT' }),
  downAfter: Type.Integer({ description: 'So many heartbeats missed make it DOWN' }),
  startedAt: Time,
  lastSeenAt: Time,
  statusSince: Time,
})
export const InstancePage = pageOf(Instance)
export const InstanceParams = Type.Object({ instanceId: Uuid })

export const InstanceBody = body({
  version: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  labels: Type.Optional(Type.Array(Label, { maxItems: 32, uniqueItems: true })),
  maxConcurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_CONCURRENCY })),
})

export const InstanceQuery = Type.Object(
  { ...PageQuery, status: Type.Optional(oneOf(InstanceStatus)) },
  { additionalProperties: false },
)

export const HeartbeatBody = body({
  load: Type.Optional(
    body({
      inUse: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_CONCURRENCY, description: 'Tasks in work' })),
    }),
  ),
  tasks: Type.Optional(
    Type.Array(body({ taskId: Uuid, fencingToken: Type.String({ pattern: '^[1-9][0-9]{0,17}$' }) }), {
      maxItems: MAX_TASKS,
      description: 'Those it works on, whose leases it extends',
    }),
  ),
})

export const Heartbeat = Type.Object({
  status: oneOf(InstanceStatus),
  drain: Type.Boolean({ description: 'It should take no more tasks, finish what it has, and stop' }),
  nextHeartbeatMs: Type.Integer({ description: 'When it should be heard of next' }),
  tasks: Type.Array(
    Type.Object({
      taskId: Uuid,
      isHeld: Type.Boolean({ description: 'False: stop working on it, it was canceled or given to another' }),
      expiresAt: nullable(Time),
    }),
    { description: 'What became of the tasks it named' },
  ),
})
