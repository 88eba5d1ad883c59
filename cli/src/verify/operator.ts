import type { Tar } from '../archive/tar.ts'
import { Untrue } from '../failures.ts'
import { readSignedCheckpoint } from '../tlog/checkpoint.ts'
import { leafHash, rootOfInclusion } from '../tlog/merkle.ts'
import type { VerifierKey } from '../tlog/note.ts'
import { readReceipt } from '../tlog/receipt.ts'

const HEAD = 'operator/checkpoint'
const PROOF = 'operator/proof'

export type OperatorProof = 'verified' | 'absent' | 'not checked: no --operator-key was given'

export interface OperatorCheck {
  readonly operatorProof: OperatorProof
  /** The size of the log up to which the operator's tree covers it. */
  readonly coveredSize?: number
}

/** A checkpoint of the archive, by the name of its file. */
export interface Covered {
  readonly what: string
  readonly size: number
}

/**
 * Is one of the archive's checkpoints a leaf of the operator's tree, which all organisations of a server share? The newest
 * comes first: it is covered a moment after it is signed, and until then an earlier one is.
 */
export function checkOperator(tar: Tar, keys: readonly VerifierKey[], checkpoints: readonly Covered[]): OperatorCheck {
  if (keys.length === 0)
    return { operatorProof: tar.has(PROOF) ? 'not checked: no --operator-key was given' : 'absent' }
  const { index, proof, checkpoint } = readReceipt(tar.read(PROOF).toString())
  const shown = readSignedCheckpoint(tar.read(HEAD).toString(), keys, HEAD)
  const { size, root } = readSignedCheckpoint(checkpoint, keys, `the checkpoint in ${PROOF}`)
  if (shown.size !== size || !shown.root.equals(root)) throw new Untrue(`${HEAD} is not the checkpoint in ${PROOF}`)
  const covered = checkpoints
    .toSorted((a, b) => b.size - a.size)
    .find(({ what }) => rootOfInclusion(leafHash(tar.read(what)), { index, size, proof })?.equals(root))
  if (!covered) throw new Untrue(`${PROOF} does not lead from any checkpoint to the operator's root`)
  return { operatorProof: 'verified', coveredSize: covered.size }
}
