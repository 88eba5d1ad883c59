import { randomBytes } from 'node:crypto'
import { checkpointName, treeOf } from './archive.ts'
import { ALLOWED, decision, type Entry, paymentOf, redact } from './decisions.ts'
import { checkpointOf } from './log.ts'
import {
  blamed,
  CHANGED,
  CHANGED_LEAF,
  CHANGED_RANGE,
  DECISIONS,
  deleted,
  flipped,
  headOf,
  inserted,
  type Mutation,
  noteAt,
  ORGANIZATION,
  OTHER,
  plain,
  rebuilt,
  replaced,
  SIZE,
  signedBy,
  swapped,
  withEntries,
  withFiles,
} from './tampering.ts'

/** What can be done to a log, each with what has to be said of it. */
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
