import { Verdict } from '@wedi/database'
import { Type } from 'typebox'
import { nullable, oneOf, stored, Time, Uuid } from '#platform/schemas'

export const MAX_TYPES = 50

const NAME = '[a-z][A-Za-z0-9-]*'
const PATTERN = `(\\*|${NAME}(\\.${NAME})*(\\.\\*)?)`

/** Which types of events: one by its name, all of an area, or all there are. */
export const TypePattern = Type.String({
  ...{ pattern: `^${PATTERN}$`, maxLength: 100 },
  description: 'A type of event, `area.*`, or `*`',
  examples: ['payment.*', 'task.failed'],
})

/** One entry of the decision log, without its inputs: those may be redacted later, and what was sent cannot be called back. */
const Event = Type.Object({
  id: Uuid,
  type: Type.String(),
  occurredAt: Time,
  organizationId: Uuid,
  subject: Type.String(),
  actor: Type.String(),
  agentId: nullable(Uuid),
  taskId: nullable(Uuid),
  paymentId: nullable(Uuid),
  verdict: nullable(oneOf(Verdict)),
  reasons: stored(Type.Array(Type.Unknown())),
  leafIndex: Type.String({ description: 'Its place in the decision log' }),
})

export const EventQuery = Type.Object(
  {
    types: Type.Optional(
      Type.String({
        ...{ pattern: `^${PATTERN}(,${PATTERN}){0,${MAX_TYPES - 1}}$`, maxLength: 2000 },
        description: 'Types of events, separated by commas: `payment.*,task.failed`; all when it is left out',
      }),
    ),
    agentId: Type.Optional(Uuid),
    after: Type.Optional(
      Type.Integer({
        ...{ minimum: -1, maximum: Number.MAX_SAFE_INTEGER - 1 },
        description:
          'Begins behind this place of the log; -1 begins with its first entry. Left out: what happens from now on. A `Last-Event-ID` header says the same, and counts more.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const EventStream = {
  description:
    'Server-sent events without end. `id` is the place in the decision log, `event` the type, `data` the event as JSON. Send the last `id` as `Last-Event-ID` to go on where it stopped.',
  content: {
    'text/event-stream': {
      schema: Type.Unsafe<unknown>({ type: 'string', contentMediaType: 'application/json', contentSchema: Event }),
    },
  },
}
