import { Untrue } from '../failures.ts'
import { readSignedCheckpoint } from '../tlog/checkpoint.ts'
import type { VerifierKey } from '../tlog/note.ts'
import type { Claim } from './history.ts'

const SIGNATURE = '— '

/** Checkpoints that somebody else kept, one after the other, with or without empty lines between them. */
export interface Witness {
  /** Where they come from, for what goes wrong. */
  readonly name: string
  readonly text: string
}

/** What a witness saw of this log; it may have seen others as well. */
export function claimsOf({ name, text }: Witness, origin: string, keys: readonly VerifierKey[]): Claim[] {
  const notes = notesIn(text).filter((note) => note.startsWith(`${origin}\n`))
  if (notes.length === 0) throw new Untrue(`${name} has no checkpoint of ${origin}`)
  return notes.map((note, at) => {
    const what = `checkpoint ${at + 1} of ${name}`
    const { size, root } = readSignedCheckpoint(note, keys, what)
    return { what, size, root }
  })
}

/** A note ends where its signature lines end. */
function notesIn(text: string): string[] {
  const notes: string[] = []
  let note: string[] = []
  let isSigned = false
  for (const line of text.split(/\r?\n/)) {
    const isSignature = line.startsWith(SIGNATURE)
    if (isSigned && !isSignature) {
      notes.push(`${note.join('\n')}\n`)
      note = []
    }
    isSigned = isSignature
    if (note.length > 0 || line !== '') note.push(line)
  }
  if (note.length > 0) notes.push(`${note.join('\n')}\n`)
  return notes
}
