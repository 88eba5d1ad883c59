import type { Database } from '#platform/database/database'
import { type Head, readingOf } from '../log-store.ts'
import { operatorStore } from '../operator-store.ts'
import { type LogKeys, OPERATOR_LOG } from './keys.ts'
import { receiptOf } from './reader.ts'
import { headOfNote } from './trust.ts'

interface Needs {
  readonly database: Database
  readonly keys: LogKeys
}

/** The largest head of each of these logs that the operator's tree has: none of them may be smaller now. */
export async function lastCovered({ database, keys }: Needs, logIds: readonly string[]): Promise<Map<string, Head>> {
  const rows = await operatorStore.last(
    readingOf(database, OPERATOR_LOG),
    OPERATOR_LOG,
    logIds.map((organizationId) => ({ organizationId, size: Number.MAX_SAFE_INTEGER })),
  )
  return new Map(rows.map(({ organizationId, note }) => [organizationId, headOfNote(keys, organizationId, note)]))
}

export interface Coverage {
  /** The operator's head. */
  readonly checkpoint: string
  /** The receipt of `covered` under it. */
  readonly proof: string
  readonly covered: Head
}

/** The largest head of a log up to this size that the operator's tree has, with its receipt; undefined without one. */
export async function coverageOf(
  { database, keys }: Needs,
  organizationId: string,
  size: number,
): Promise<Coverage | undefined> {
  const read = readingOf(database, OPERATOR_LOG)
  const [last] = await operatorStore.last(read, OPERATOR_LOG, [{ organizationId, size }])
  if (!last) return undefined
  const { note, index } = last
  const { head, receipt } = await receiptOf(read, keys, { logId: OPERATOR_LOG, index, leaf: note })
  return { checkpoint: head.note, proof: receipt, covered: headOfNote(keys, organizationId, note) }
}
