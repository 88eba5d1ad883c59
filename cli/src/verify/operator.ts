import type { Tar } from '../archive/tar.ts'
import { Untrue } from '../failures.ts'
import { readSignedCheckpoint } from '../tlog/checkpoint.ts'
import { leafHash, rootOfInclusion } from '../tlog/merkle.ts'
import type { VerifierKey } from '../tlog/note.ts'
import { readReceipt } from '../tlog/receipt.ts'

const HEAD = 'operator/checkpoint'
const PROOF = 'operator/proof'

export type OperatorProof = 'verified' | 'absent' | 'not checked: no --operator-key was given'

/** Is the archive's checkpoint a leaf of the operator's tree, which all organisations of a server share? */
export function checkOperator(tar: Tar, keys: readonly VerifierKey[]): OperatorProof {
  if (keys.length === 0) return tar.has(PROOF) ? 'not checked: no --operator-key was given' : 'absent'
  const { index, proof, checkpoint } = readReceipt(tar.read(PROOF).toString())
  const shown = readSignedCheckpoint(tar.read(HEAD).toString(), keys, HEAD)
  const { size, root } = readSignedCheckpoint(checkpoint, keys, `the checkpoint in ${PROOF}`)
  if (shown.size !== size || !shown.root.equals(root)) throw new Untrue(`${HEAD} is not the checkpoint in ${PROOF}`)
  const reached = rootOfInclusion(leafHash(tar.read('checkpoint')), { index, size, proof })
  if (!reached?.equals(root)) throw new Untrue(`${PROOF} does not lead from the checkpoint to the operator's root`)
  return 'verified'
}
