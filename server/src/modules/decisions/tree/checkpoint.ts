import { HASH_BYTES } from './merkle.ts'

/** What a log's head says, as C2SP tlog-checkpoint writes it, and the receipt of one leaf under it (tlog-proof). */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\n`

/** Undefined for anything `checkpointText` would not write; lines after the third are extensions and may be there. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const match = /^([^\s+]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n/.exec(text)
  if (!match) return undefined
  const [, origin = '', size, root = ''] = match
  const bytes = Buffer.from(root, 'base64')
  return bytes.length === HASH_BYTES ? { origin, size: Number(size), root: bytes } : undefined
}

export const proofText = (index: number, proof: readonly Buffer[], checkpoint: string): string =>
  ['c2sp.org/tlog-proof@v1', `index ${index}`, ...proof.map((each) => each.toString('base64')), '', checkpoint].join(
    '\n',
  )
