import { randomBytes } from 'node:crypto'
import { archiveOf, checkpointName, type Files, linesOf, treeOf } from './archive.ts'
import { ALLOWED, canonical, DENIED, decision, type Entry, HELD, paymentOf, redact } from './decisions.ts'
import { checkpointOf, newSigner, type Signer } from './log.ts'

const ORGANIZATION = '0192f0c1-0000-7000-8000-000000000001'
const OTHER = '0192f0c1-0000-7000-8000-000000000002'
const SIZE = 300
/** Where there are stored checkpoints: the entry that is changed lies between the second and the third. */
const SIZES = [1, 100, 256]
const CHANGED = 150

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

const DECISIONS = 'the tree holds; what a leaf means is not its subject'
const CHANGED_LEAF = /is not the one that was signed/
const CHANGED_RANGE = /^entries 100 to 255 are not those over which checkpoints\/0+256 \(size 256\) was signed/

/** Everything that follows from other entries is made anew, but nothing can be signed: the notes stay as they were. */
function rebuilt(world: World, entries: readonly Entry[]): Changed {
  const files = archiveOf({ organizationId: ORGANIZATION, entries, signers: [world.signer] })
  for (const name of files.keys()) if (name.startsWith('checkpoint')) files.delete(name)
  for (const [name, content] of world.files) if (/^(manifest|checkpoint)/.test(name)) files.set(name, content)
  return { files }
}

/** As the first, but all that is signed is signed by someone. */
const signedBy = (signer: Signer, entries: readonly Entry[], sizes = SIZES): Files =>
  archiveOf({ organizationId: ORGANIZATION, entries, signers: [signer], sizes })

const withFiles = ({ files }: World, changes: Record<string, Buffer | string | undefined>): Changed => {
  const changed = new Map(files)
  for (const [name, content] of Object.entries(changes)) {
    if (content === undefined) changed.delete(name)
    else changed.set(name, Buffer.from(content))
  }
  return { files: changed }
}

/** Only the entries are other ones; everything else is left as it was. */
const withEntries = (world: World, entries: readonly object[]): Changed =>
  withFiles(world, { 'entries.ndjson': linesOf(entries) })

const replaced = (entries: readonly Entry[], at: number, entry: object): Entry[] =>
  entries.with(at, { ...(entries[at] as Entry), ...entry })

/** The changed entry: someone else did it. */
const blamed = ({ entries }: World): Entry[] => {
  const leaf = canonical({ ...JSON.parse(entries[CHANGED]?.leaf as string), actor: 'agent:somebody-else' })
  return replaced(entries, CHANGED, { leaf })
}

const swapped = ({ entries }: World): Entry[] => {
  const [first, second] = [entries[CHANGED] as Entry, entries[CHANGED + 1] as Entry]
  return entries.with(CHANGED, second).with(CHANGED + 1, first)
}

const inserted = ({ entries }: World): Entry[] => entries.toSpliced(CHANGED, 0, decision(ORGANIZATION, {}))
const deleted = ({ entries }: World): Entry[] => entries.toSpliced(CHANGED, 1)
const noteAt = ({ files }: World, name: string): string => files.get(name)?.toString() as string
const headOf = (world: World): string => noteAt(world, 'checkpoint')

/** The fields of an entry that is no payment. */
const plain = (world: World): { at: number; entry: Entry } => ({ at: 155, entry: world.entries[155] as Entry })

function flipped(content: Buffer | undefined, at: number): Buffer {
  const copy = Buffer.from(content as Buffer)
  copy[at] = (copy[at] as number) ^ 1
  return copy
}

export const mutations: readonly Mutation[] = [
  {
    ...{ name: 'edit: a leaf', by: 'holder', entry: CHANGED, ours: CHANGED_LEAF },
    change: (world) => withEntries(world, blamed(world)),
  },
  {
    ...{ name: 'edit: a leaf, tiles made anew', by: 'owner', ours: CHANGED_RANGE },
    change: (world) => rebuilt(world, blamed(world)),
  },
  {
    ...{
      name: 'edit: a recorded value',
      by: 'owner',
      entry: 155,
      ours: /a value or salt of note/,
      notForGo: DECISIONS,
    },
    change: (world) => {
      const { at, entry } = plain(world)
      return withEntries(world, replaced(world.entries, at, { inputs: { ...entry.inputs, note: 'another' } }))
    },
  },
  {
    ...{ name: 'delete: an entry', by: 'holder', entry: CHANGED, ours: CHANGED_LEAF },
    change: (world) => withEntries(world, deleted(world)),
  },
  {
    ...{ name: 'delete: an entry, tiles made anew', by: 'owner', ours: CHANGED_RANGE },
    change: (world) => rebuilt(world, deleted(world)),
  },
  {
    ...{ name: 'delete: a line, leaving a gap', by: 'holder', entry: CHANGED, ours: /calls itself entry 151/ },
    change: (world) => {
      const lines = noteAt(world, 'entries.ndjson').split('\n').toSpliced(CHANGED, 1)
      return withFiles(world, { 'entries.ndjson': lines.join('\n') })
    },
  },
  {
    ...{ name: 'insert: an entry', by: 'holder', entry: CHANGED, ours: CHANGED_LEAF },
    change: (world) => withEntries(world, inserted(world)),
  },
  {
    ...{ name: 'insert: an entry, tiles made anew', by: 'owner', ours: CHANGED_RANGE },
    change: (world) => rebuilt(world, inserted(world)),
  },
  {
    ...{ name: 'insert: an entry after the last', by: 'owner', entry: SIZE, ours: /is beyond the 300 entries/ },
    change: (world) => withEntries(world, [...world.entries, decision(ORGANIZATION, {})]),
  },
  {
    ...{ name: 'reorder: two entries', by: 'holder', entry: CHANGED, ours: CHANGED_LEAF },
    change: (world) => withEntries(world, swapped(world)),
  },
  {
    ...{ name: 'reorder: two entries, tiles made anew', by: 'owner', ours: CHANGED_RANGE },
    change: (world) => rebuilt(world, swapped(world)),
  },
  {
    ...{ name: 'truncate: the last ten entries', by: 'owner', entry: 290, ours: /is missing: 300 .* 290 are here/ },
    change: (world) => withEntries(world, world.entries.slice(0, 290)),
  },
  {
    ...{ name: 'truncate: the tar file', by: 'holder', ours: /cut off/ },
    change: (world) => withFiles(world, { CUT: 'at half its length' }),
  },
  {
    ...{ name: 'roll back: head of an earlier size', by: 'owner', ours: /checkpoints\/0+300 was signed at size 300/ },
    change: (world) => {
      const files = signedBy(world.signer, world.entries.slice(0, 256), [])
      files.set('checkpoint', Buffer.from(noteAt(world, checkpointName(256))))
      return { files: files.set(checkpointName(300), Buffer.from(headOf(world))) }
    },
  },
  {
    ...{ name: 'roll back: everything, seen by a witness', by: 'owner', ours: /rolled back, or the archive is older/ },
    change: (world) => ({
      files: signedBy(world.signer, world.entries.slice(0, 256), [1, 100]),
      witness: `${noteAt(world, checkpointName(100))}\n${headOf(world)}`,
    }),
  },
  {
    ...{ name: 're-sign with another key', by: 'owner', ours: /signed by none of the keys given/ },
    change: (world) => ({ files: signedBy(world.stranger, blamed(world)) }),
  },
  {
    ...{ name: 're-sign: the head alone', by: 'owner', ours: /signed by none of the keys given/ },
    change: (world) => {
      const { files } = rebuilt(world, blamed(world))
      return { files: files.set('checkpoint', signedBy(world.stranger, blamed(world)).get('checkpoint') as Buffer) }
    },
  },
  {
    ...{ name: 'forge: a byte of the signature', by: 'holder', ours: /carries a false signature/ },
    change: (world) => {
      const text = headOf(world)
      const at = text.lastIndexOf(' ') + 20
      const other = text[at] === 'A' ? 'B' : 'A'
      return withFiles(world, { checkpoint: text.slice(0, at) + other + text.slice(at + 1) })
    },
  },
  {
    ...{ name: 'forge: a checkpoint of a prefix', by: 'owner', ours: /checkpoints\/0+200 .* signed by none/ },
    change: (world) => {
      const forged = checkpointOf(treeOf(blamed(world)), 200, [world.stranger])
      return withFiles(world, { [checkpointName(200)]: forged })
    },
  },
  {
    ...{ name: 'split view: a stored checkpoint', by: 'key', ours: /entries 100 to 199 are not .* two histories/ },
    change: (world) => {
      const second = checkpointOf(treeOf(blamed(world)), 200, [world.signer])
      return withFiles(world, { [checkpointName(200)]: second })
    },
  },
  {
    ...{ name: 'split view: everything, seen by a witness', by: 'key', ours: /checkpoint 1 of .* two histories/ },
    change: (world) => ({ files: signedBy(world.signer, blamed(world)), witness: headOf(world) }),
  },
  {
    ...{ name: 'split view: from an earlier size, seen by a witness', by: 'key', ours: /^entries 100 to 255 are not/ },
    change: (world) => ({
      files: signedBy(world.signer, blamed(world)),
      witness: [1, 100, 256].map((size) => noteAt(world, checkpointName(size))).join(''),
    }),
  },
  {
    ...{ name: "swap organisations: the other's archive", by: 'owner', ours: /signed by none of the keys given/ },
    change: (world) => ({ files: world.other.files }),
  },
  {
    ...{ name: "swap organisations: the other's head", by: 'owner', ours: /signed by none of the keys given/ },
    change: (world) => withFiles(world, { checkpoint: headOf({ ...world, files: world.other.files }) }),
  },
  {
    ...{ name: 'swap organisations: name in the manifest', by: 'holder', entry: 0, ours: /belongs to organisation/ },
    change: (world) =>
      withFiles(world, {
        'manifest.json': noteAt(world, 'manifest.json').replaceAll(`"${ORGANIZATION}"`, `"${OTHER}"`),
      }),
  },
  {
    ...{ name: "swap organisations: the other's entry, signed", by: 'key', entry: 20, ours: /belongs to organisation/ },
    change: (world) => ({ files: signedBy(world.signer, world.entries.with(20, world.other.entries[20] as Entry)) }),
  },
  {
    ...{ name: 'replace a salt', by: 'owner', entry: 155, ours: /a value or salt of note/, notForGo: DECISIONS },
    change: (world) => {
      const { at, entry } = plain(world)
      const salts = { ...entry.salts, note: randomBytes(16).toString('base64') }
      return withEntries(world, replaced(world.entries, at, { salts }))
    },
  },
  {
    ...{ name: 'replace a salt: with one that takes a part of the value', by: 'key', entry: SIZE, notForGo: DECISIONS },
    ours: /a value or salt of figure/,
    change: (world) => {
      const whole = decision(ORGANIZATION, {}, { figure: 1234 })
      const salt = Buffer.concat([Buffer.from(whole.salts?.figure as string, 'base64'), Buffer.from('12')])
      const shown = { ...whole, inputs: { figure: 34 }, salts: { figure: salt.toString('base64') } }
      return { files: signedBy(world.signer, [...world.entries, shown]) }
    },
  },
  {
    ...{ name: 'hide: a value without its redaction', by: 'owner', entry: 155, notForGo: DECISIONS },
    ours: /no entry of the log says that it was redacted/,
    change: (world) => {
      const { at, entry } = plain(world)
      return withEntries(world, replaced(world.entries, at, redact(entry, ['note']).erased))
    },
  },
  {
    ...{
      name: 'hide: a value without a word',
      by: 'owner',
      entry: 155,
      ours: /neither shows note/,
      notForGo: DECISIONS,
    },
    change: (world) => {
      const { at, entry } = plain(world)
      const { note: _, ...inputs } = entry.inputs ?? {}
      return withEntries(world, replaced(world.entries, at, { inputs }))
    },
  },
  {
    ...{ name: 'show: a value that was redacted', by: 'owner', entry: 155, notForGo: DECISIONS },
    ours: /calls note redacted and shows/,
    change: (world) => {
      const { at, entry } = plain(world)
      const { redaction } = redact(entry, ['note'])
      return { files: signedBy(world.signer, [...replaced(world.entries, at, { redacted: ['note'] }), redaction]) }
    },
  },
  {
    ...{ name: 'show: what no leaf commits to', by: 'owner', entry: 155, ours: /shows extra/, notForGo: DECISIONS },
    change: (world) => {
      const { at, entry } = plain(world)
      return withEntries(world, replaced(world.entries, at, { inputs: { ...entry.inputs, extra: 'made up' } }))
    },
  },
  {
    ...{ name: 'show: a field beside the leaf', by: 'owner', entry: 155, ours: /nothing covers/, notForGo: DECISIONS },
    change: (world) => withEntries(world, replaced(world.entries, 155, { verdict: 'ALLOW' })),
  },
  {
    ...{ name: 'duplicate an entry, signed', by: 'key', entry: SIZE, ours: /is the second with this decision id/ },
    change: (world) => ({ files: signedBy(world.signer, [...world.entries, world.entries[7] as Entry]) }),
  },
  {
    ...{ name: 'a leaf that is not canonical, signed', by: 'key', entry: 155, ours: /not the RFC 8785 text/ },
    notForGo: DECISIONS,
    change: (world) => {
      const leaf = plain(world).entry.leaf.replace('{', '{ ')
      return { files: signedBy(world.signer, replaced(world.entries, 155, { leaf })) }
    },
  },
  {
    ...{ name: 'a verdict that the rules do not give, signed', by: 'key', entry: 160, notForGo: DECISIONS },
    ours: /its inputs give DENY/,
    change: (world) => ({
      files: signedBy(world.signer, world.entries.with(160, paymentOf(ORGANIZATION, '45000000', ALLOWED))),
      isReplayed: true,
    }),
  },
  {
    ...{ name: 'a tile: one bit', by: 'owner', ours: /tile\/0\/000 is not what the entries give/ },
    change: (world) => withFiles(world, { 'tile/0/000': flipped(world.files.get('tile/0/000'), 1000) }),
  },
  {
    ...{ name: 'a tile: one bit, a level up', by: 'owner', ours: /tile\/1\/000.p\/1 is not what the entries give/ },
    change: (world) => withFiles(world, { 'tile/1/000.p/1': flipped(world.files.get('tile/1/000.p/1'), 3) }),
  },
  {
    ...{ name: 'a tile is missing', by: 'owner', ours: /has no tile\/0\/001.p\/44/ },
    change: (world) => withFiles(world, { 'tile/0/001.p/44': undefined }),
  },
  {
    ...{ name: 'a tile too many', by: 'holder', ours: /tile\/0\/002.p\/1 is no tile of a tree of 300/ },
    notForGo: 'it reads the tiles it needs',
    change: (world) => withFiles(world, { 'tile/0/002.p/1': Buffer.alloc(32) }),
  },
  {
    ...{ name: 'a stored checkpoint under another size', by: 'holder', ours: /checkpoints\/0+99 is of size 100/ },
    notForGo: 'it believes the note and not its file name',
    change: (world) => withFiles(world, { [checkpointName(99)]: noteAt(world, checkpointName(100)) }),
  },
]
