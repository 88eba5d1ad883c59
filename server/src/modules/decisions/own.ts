import type { Static } from 'typebox'
import { type FieldError, invalid } from '#platform/problem'
import type { OwnDecision, OwnDecisions } from './contract.ts'
import type { Entry } from './rules.ts'

/** What an agent says it decided, as entries of the log: pure. */

const MAX_INPUTS_BYTES = 65_536
export const OWN_TYPE = 'agent.decided'

/** What Wedi itself records under these is what happened. An agent's word on them would look the same in a list. */
const OUR_AREAS = new Set(
  (
    'agent api-key approval authority break capability chain decision health installation instance integration-key ' +
    'key keys limit listing log message operator organization payee payment payment-link payment-links payments ' +
    'program provider reconciliation rollout runtime system task tasks version wallet wallets webhook'
  ).split(' '),
)

export interface Own {
  readonly entries: readonly Entry[]
  readonly isBatch: boolean
}

export function ownEntries(agentId: string, given: Static<typeof OwnDecisions>): Own {
  const { decisions, ...one } = given
  if (decisions && Object.keys(one).some((name) => name !== 'type' || one.type !== OWN_TYPE)) {
    throw invalid({ path: '/decisions', message: 'stands alone: either one decision, or a list of them' })
  }
  const list = decisions ?? [one]
  const at = (index: number) => (decisions ? `/decisions/${index}` : '')
  const faults = list.flatMap((each, index) => faultsOf(each, at(index)))
  if (faults.length > 0) throw invalid(...faults.slice(0, 20))
  return { isBatch: decisions !== undefined, entries: list.map((each) => entryOf(agentId, each)) }
}

function entryOf(
  agentId: string,
  { type, subject, verdict, reasons, taskId, paymentId, inputs }: Static<typeof OwnDecision>,
): Entry {
  return {
    ...{ type: type ?? OWN_TYPE, subject: subject ?? `agent:${agentId}`, agentId },
    ...(verdict && { verdict }),
    ...(reasons && { reasons }),
    ...(taskId && { taskId: taskId.toLowerCase() }),
    ...(paymentId && { paymentId: paymentId.toLowerCase() }),
    ...(inputs && { inputs }),
  }
}

function faultsOf({ type = OWN_TYPE, reasons, inputs }: Static<typeof OwnDecision>, at: string): FieldError[] {
  const faults = [...numericAmounts(inputs, `${at}/inputs`), ...numericAmounts(reasons, `${at}/reasons`)]
  if (type !== OWN_TYPE && OUR_AREAS.has(type.split('.', 1)[0] as string)) {
    faults.push({ path: `${at}/type`, message: `is an area only Wedi records; take one of your own, or ${OWN_TYPE}` })
  }
  if (inputs && Buffer.byteLength(JSON.stringify(inputs)) > MAX_INPUTS_BYTES) {
    faults.push({ path: `${at}/inputs`, message: `has more than ${MAX_INPUTS_BYTES} bytes` })
  }
  return faults
}

/** A double cannot hold every amount, so an amount that is a number is refused wherever it stands. */
function* numericAmounts(value: unknown, path: string): Generator<FieldError> {
  if (value === null || typeof value !== 'object') return
  for (const [name, inner] of Object.entries(value)) {
    const isAmount = /amount$/i.test(name)
    if (isAmount && typeof inner === 'number')
      yield { path: `${path}/${name}`, message: 'is an amount: send it as text' }
    yield* numericAmounts(inner, `${path}/${name}`)
  }
}
