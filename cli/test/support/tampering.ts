import { archiveOf, type Files, linesOf } from './archive.ts'
import { ALLOWED, canonical, DENIED, decision, type Entry, HELD, paymentOf } from './decisions.ts'
import { newSigner, type Signer } from './log.ts'

export const ORGANIZATION = '0192f0c1-0000-7000-8000-000000000001'
export const OTHER = '0192f0c1-0000-7000-8000-000000000002'
export const SIZE = 300
/** Where there are stored checkpoints: the entry that is changed lies between the second and the third. */
const SIZES = [1, 100, 256]
export const CHANGED = 150

/** A log of 300 entries, its key, someone else's key, and another organisation's log. */
export interface World {
  readonly entries: readonly Entry[]
  readonly files: Files
  readonly signer: Signer
  readonly stranger: Signer
  readonly other: { readonly signer: Signer; readonly entries: readonly Entry[]; readonly files: Files }
}

export function newWorld(): World {
  const signer = newSigner(`wedi.test/log/${ORGANIZATION}`)
  const other = newSigner(`wedi.test/log/${OTHER}`)
  const entries = Array.from({ length: SIZE }, (_, at) => entryAt(ORGANIZATION, at))
  const others = Array.from({ length: SIZE }, (_, at) => entryAt(OTHER, at))
  return {
    ...{ entries, signer, stranger: newSigner(signer.name) },
    files: archiveOf({ organizationId: ORGANIZATION, entries, signers: [signer], sizes: SIZES }),
    other: {
      ...{ signer: other, entries: others },
      files: archiveOf({ organizationId: OTHER, entries: others, signers: [other], sizes: SIZES }),
    },
  }
}

function entryAt(organizationId: string, at: number): Entry {
  if (at % 10 === 0) return paymentOf(organizationId, '5000000', ALLOWED)
  if (at % 10 === 1) return paymentOf(organizationId, '25000000', HELD)
  if (at % 10 === 2) return paymentOf(organizationId, '45000000', DENIED)
  return decision(organizationId, { subject: `test:${at}` }, { note: `number ${at}`, figure: String(1000 + at) })
}

/** The archive after somebody was at it, and what a witness kept from before, if that is needed to find it. */
export interface Changed {
  readonly files: Files
  readonly witness?: string
  /** Whether the verdicts have to be made again to find it. */
  readonly isReplayed?: boolean
}

export interface Mutation {
  readonly name: string
  /** Who can do it: the holder of the archive, the owner of the database, or the owner with the log's key. */
  readonly by: 'holder' | 'owner' | 'key'
  change(world: World): Changed
  /** What our verifier says. */
  readonly ours: RegExp
  /** The first wrong entry, where there is one to name. */
  readonly entry?: number
  /** Why it is not for Go's packages to find: they know trees and notes, and nothing of decisions. */
  readonly notForGo?: string
}

export const DECISIONS = 'the tree holds; what a leaf means is not its subject'
export const CHANGED_LEAF = /is not the one that was signed/
export const CHANGED_RANGE = /^entries 100 to 255 are not those over which checkpoints\/0+256 \(size 256\) was signed/

/** Everything that follows from other entries is made anew, but nothing can be signed: the notes stay as they were. */
export function rebuilt(world: World, entries: readonly Entry[]): Changed {
  const files = archiveOf({ organizationId: ORGANIZATION, entries, signers: [world.signer] })
  for (const name of files.keys()) if (name.startsWith('checkpoint')) files.delete(name)
  for (const [name, content] of world.files) if (/^(manifest|checkpoint)/.test(name)) files.set(name, content)
  return { files }
}

/** As the first, but all that is signed is signed by someone. */
export const signedBy = (signer: Signer, entries: readonly Entry[], sizes = SIZES): Files =>
  archiveOf({ organizationId: ORGANIZATION, entries, signers: [signer], sizes })

export const withFiles = ({ files }: World, changes: Record<string, Buffer | string | undefined>): Changed => {
  const changed = new Map(files)
  for (const [name, content] of Object.entries(changes)) {
    if (content === undefined) changed.delete(name)
    else changed.set(name, Buffer.from(content))
  }
  return { files: changed }
}

/** Only the entries are other ones; everything else is left as it was. */
export const withEntries = (world: World, entries: readonly object[]): Changed =>
  withFiles(world, { 'entries.ndjson': linesOf(entries) })

export const replaced = (entries: readonly Entry[], at: number, entry: object): Entry[] =>
  entries.with(at, { ...(entries[at] as Entry), ...entry })

/** The changed entry: someone else did it. */
export const blamed = ({ entries }: World): Entry[] => {
  const leaf = canonical({ ...JSON.parse(entries[CHANGED]?.leaf as string), actor: 'agent:somebody-else' })
  return replaced(entries, CHANGED, { leaf })
}

export const swapped = ({ entries }: World): Entry[] => {
  const [first, second] = [entries[CHANGED] as Entry, entries[CHANGED + 1] as Entry]
  return entries.with(CHANGED, second).with(CHANGED + 1, first)
}

export const inserted = ({ entries }: World): Entry[] => entries.toSpliced(CHANGED, 0, decision(ORGANIZATION, {}))
export const deleted = ({ entries }: World): Entry[] => entries.toSpliced(CHANGED, 1)
export const noteAt = ({ files }: World, name: string): string => files.get(name)?.toString() as string
export const headOf = (world: World): string => noteAt(world, 'checkpoint')

/** The fields of an entry that is no payment. */
export const plain = (world: World): { at: number; entry: Entry } => ({ at: 155, entry: world.entries[155] as Entry })

export function flipped(content: Buffer | undefined, at: number): Buffer {
  const copy = Buffer.from(content as Buffer)
  copy[at] = (copy[at] as number) ^ 1
  return copy
}
