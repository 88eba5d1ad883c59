import { Untrue } from '../failures.ts'
import { readSignedCheckpoint } from '../tlog/checkpoint.ts'
import { leafHash, rootOfInclusion } from '../tlog/merkle.ts'
import { readReceipt } from '../tlog/receipt.ts'
import { type Command, readGiven, requiredKeys, requiredText } from './command.ts'

/** `wedi verify-proof`: was this leaf in the log when it was signed? */
export const verifyProof: Command = {
  usage: 'verify-proof RECEIPT --leaf FILE --key VKEY… [--json]',
  operands: 1,
  options: { leaf: { type: 'string' }, key: { type: 'string', multiple: true } },
  run([path = ''], options) {
    const keys = requiredKeys(options.key)
    const leaf = withoutLineEnd(readGiven(requiredText('leaf', options.leaf)))
    const { index, proof, checkpoint } = readReceipt(readGiven(path).toString())
    const { origin, size, root } = readSignedCheckpoint(checkpoint, keys, "the receipt's checkpoint")
    const reached = rootOfInclusion(leafHash(leaf), { index, size, proof })
    if (!reached?.equals(root)) {
      throw new Untrue('the receipt does not lead from this leaf to the signed root: it is of another leaf, or changed')
    }
    const json = { origin, index, size, root: root.toString('base64') }
    return { lines: [`ok  ${origin}`, `    the leaf is entry ${index} of ${size}, root ${json.root}`], json }
  },
}

/** An RFC 8785 text holds no line end, but what wrote it into a file often adds one. Other leaves are taken as they are. */
function withoutLineEnd(leaf: Buffer): Buffer {
  const text = leaf.toString()
  return text.startsWith('{') ? Buffer.from(text.replace(/\r?\n$/, '')) : leaf
}
