import type { TaskRow } from '@wedi/database'
import { canonicalJson } from '#platform/canonical'
import { sha256 } from '#platform/crypto'

type Kind = Pick<TaskRow, 'type' | 'requires' | 'agentId' | 'fairnessKey'>

/** The lane of a task. Its id is made of what its tasks have in common, so that everyone finds the same. */
export function laneOf({ type, requires, agentId, fairnessKey }: Kind) {
  const key = fairnessKey ?? ''
  return { id: idOf([type, requires, agentId, key]), type, requires, agentId, fairnessKey: key }
}

/** A UUID (version 8) that says the same for the same content. */
export function idOf(content: unknown): string {
  const hex = sha256(canonicalJson(content)).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
