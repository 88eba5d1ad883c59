import { AuthorityLevel, Verdict } from '@wedi/database'
import { Type } from 'typebox'
import { body, Json, nullable, oneOf, PageQuery, pageOf, stored, Time, Uuid, Reason as Why } from '#platform/schemas'

export const Reason = Type.Object(
  { code: Type.String({ description: 'Stable, `area.reason`' }) },
  { additionalProperties: true, description: 'What a rule said, with the figures it looked at' },
)

export const AgentDecision = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  type: Type.String(),
  verdict: nullable(oneOf(Verdict)),
  reasons: stored(Type.Array(Reason)),
  actor: Type.String(),
  subject: Type.String(),
  agentId: nullable(Uuid),
  taskId: nullable(Uuid),
  paymentId: nullable(Uuid),
  approvalId: nullable(Uuid),
  walletId: nullable(Uuid),
  versionId: nullable(Uuid),
  capabilityRevision: nullable(Type.Integer()),
  authorityLevel: nullable(Type.String({ enum: [...AuthorityLevel] })),
  inputs: stored(Json),
  redacted: Type.Array(Type.String(), { description: 'Fields of the inputs whose values were taken away' }),
  leaf: Type.String({ description: 'RFC 8785 text; SHA-256(0x00 ‖ leaf) is its RFC 6962 leaf hash' }),
  leafHash: Type.String({ description: 'Base64' }),
  leafIndex: nullable(Type.String()),
  occurredAt: Time,
})

export const DecisionPage = pageOf(AgentDecision)

export const DecisionQuery = Type.Object(
  {
    ...PageQuery,
    agentId: Type.Optional(Uuid),
    taskId: Type.Optional(Uuid),
    paymentId: Type.Optional(Uuid),
    verdict: Type.Optional(oneOf(Verdict)),
    type: Type.Optional(Type.String({ maxLength: 100 })),
    actor: Type.Optional(Type.String({ maxLength: 100 })),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
  },
  { additionalProperties: false },
)

export const DecisionParams = Type.Object({ decisionId: Uuid })

const MAX_REASONS = 50
const MAX_FIELDS = 200
export const MAX_DECISIONS = 1000

const ownDecision = {
  type: Type.Optional(
    Type.String({
      ...{ pattern: '^[a-z][A-Za-z0-9-]*(\\.[a-z][A-Za-z0-9-]*)+$', maxLength: 100, default: 'agent.decided' },
      description: '`area.act`; the areas Wedi itself speaks of are refused, but for `agent.decided`',
    }),
  ),
  subject: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: '`<kind>:<id>`; the agent when it is left out' }),
  ),
  verdict: Type.Optional(oneOf(Verdict)),
  reasons: Type.Optional(
    Type.Array(Type.Object({ code: Type.String({ minLength: 1, maxLength: 100 }) }, { additionalProperties: true }), {
      maxItems: MAX_REASONS,
    }),
  ),
  taskId: Type.Optional(Uuid),
  paymentId: Type.Optional(Uuid),
  inputs: Type.Optional(
    Type.Record(Type.String({ minLength: 1, maxLength: 100 }), Type.Unknown(), {
      maxProperties: MAX_FIELDS,
      description: 'What it was decided on. Amounts are decimal strings. Each field may be redacted by itself',
    }),
  ),
}
export const OwnDecision = body(ownDecision)

/** One decision, or `decisions` and nothing else. */
export const OwnDecisions = body({
  ...ownDecision,
  decisions: Type.Optional(Type.Array(OwnDecision, { minItems: 1, maxItems: MAX_DECISIONS })),
})

/** Without the inputs, which were just given: an answer is kept for a repeated call, and there no redaction reaches. */
const AddedDecision = Type.Omit(AgentDecision, ['inputs', 'redacted'], {
  description: 'Without its inputs, which are kept in one place only',
})
export const AddedDecisions = Type.Union([AddedDecision, Type.Object({ data: Type.Array(AddedDecision) })])

export const Redaction = body({
  fields: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
    ...{ minItems: 1, maxItems: MAX_FIELDS, uniqueItems: true },
    description: 'Fields of `inputs`: their values and salts are deleted, what proves them stays',
  }),
  reason: Why,
})

/** A body that is not JSON. */
const plain = (type: string, description: string) => ({
  description,
  content: { [type]: { schema: Type.Unsafe<unknown>({ type: 'string' }) } },
})
export const CheckpointText = plain('text/plain', 'The signed checkpoint (C2SP tlog-checkpoint) of the newest size')
export const OperatorCheckpointText = plain(
  'text/plain',
  "The signed checkpoint of the operator's tree, whose leaves are the checkpoints of all organisations",
)
export const NotModified = Type.Null({ description: 'It is still the one of this ETag' })
export const KeysText = plain('text/plain', 'Verifier keys (C2SP signed-note), one a line, the newest first')
export const ReceiptText = plain(
  'text/plain',
  'The receipt (C2SP tlog-proof) of the decision under the newest checkpoint',
)
export const TileBytes = plain('application/octet-stream', 'A tile of hashes, or a bundle of entries (C2SP tlog-tiles)')
export const ArchiveBytes = plain(
  'application/x-tar',
  'The whole log, to be checked without Wedi: see docs/decisions/0007',
)

const TreeSize = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
export const ConsistencyQuery = Type.Object(
  {
    from: Type.Optional({ ...TreeSize, default: 0 }),
    to: Type.Optional({ ...TreeSize, description: 'The size of the newest checkpoint when it is left out' }),
  },
  { additionalProperties: false },
)
export const Consistency = Type.Object({
  ...{ from: TreeSize, to: TreeSize },
  proof: Type.Array(Type.String({ description: 'Base64' }), { description: 'RFC 6962, 2.1.2' }),
})
export const TileParams = Type.Object({
  '*': Type.String({
    pattern: '^(entries|[0-7])/(x[0-9]{3}/){0,4}[0-9]{3}(\\.p/[1-9][0-9]{0,2})?$',
    description: 'What follows `tile/` in C2SP tlog-tiles: `<level>/<N>[.p/<W>]`, or `entries/<N>[.p/<W>]`',
  }),
})
