import { base64 } from '../base64.ts'
import { about, Untrue } from '../failures.ts'
import { HASH_BYTES, type Head } from './merkle.ts'
import { openNote, type VerifierKey } from './note.ts'

const SIZE = /^(0|[1-9][0-9]{0,15})$/

/** The signed head of a log (https://c2sp.org/tlog-checkpoint). */
export interface Checkpoint extends Head {
  readonly origin: string
  readonly signedBy: readonly VerifierKey[]
}

/** Reads a checkpoint; `what` names it in what goes wrong. */
export function readCheckpoint(note: string, keys: readonly VerifierKey[], what: string): Checkpoint {
  const { text, signedBy } = about(what, () => openNote(note, keys))
  const [origin, size, encoded, ...extensions] = text.split('\n')
  const root = base64(encoded ?? '', HASH_BYTES)
  const isWhole = extensions.at(-1) === ''
  if (!origin || !SIZE.test(size ?? '') || !root || !isWhole) throw new Untrue(`${what} is not a checkpoint`)
  if (!Number.isSafeInteger(Number(size))) throw new Untrue(`${what} says a size beyond reason`)
  // A key speaks for the log whose name it bears and for no other.
  return { origin, size: Number(size), root, signedBy: signedBy.filter(({ name }) => name === origin) }
}

export function readSignedCheckpoint(note: string, keys: readonly VerifierKey[], what: string): Checkpoint {
  const checkpoint = readCheckpoint(note, keys, what)
  if (checkpoint.signedBy.length > 0) return checkpoint
  const given = keys.map(({ name, id }) => `${name}+${id}`).join(', ')
  throw new Untrue(
    `${what} (${checkpoint.origin}, size ${checkpoint.size}) is signed by none of the keys given: ${given}`,
  )
}
