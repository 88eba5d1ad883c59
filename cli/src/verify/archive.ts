import { linesOf } from '../archive/lines.ts'
import { type Manifest, readManifest } from '../archive/manifest.ts'
import type { Tar } from '../archive/tar.ts'
import { Untrue } from '../failures.ts'
import type { Replay, Replayed } from '../replay/replay.ts'
import { type Checkpoint, readSignedCheckpoint } from '../tlog/checkpoint.ts'
import { GrowingTree } from '../tlog/merkle.ts'
import type { VerifierKey } from '../tlog/note.ts'
import { checkCommitments, type Envelope, hashOfLeaf, readLeaf, readLine } from './entry.ts'
import { type Claim, History } from './history.ts'
import { checkOperator, type OperatorCheck } from './operator.ts'
import { Redactions } from './redactions.ts'
import { signedLeaves, TileCheck } from './tiles.ts'
import { claimsOf, type Witness } from './witness.ts'

const ENTRIES = 'entries.ndjson'
const CHECKPOINTS = 'checkpoints/'
/** `keys/` is a hint for people: a key that comes with what it signed proves nothing. */
const LOOKED_AT = /^(manifest[.]json|checkpoint|entries[.]ndjson|(checkpoints|keys|operator)\/.*|tile\/[0-9].*)$/

export interface Evidence {
  readonly keys: readonly VerifierKey[]
  readonly operatorKeys: readonly VerifierKey[]
  readonly witnesses: readonly Witness[]
  /** Verdicts are made again when it is there. */
  readonly replay: Replay | undefined
  readonly progress: (done: number, total: number) => void
}

export interface Report extends OperatorCheck {
  readonly origin: string
  readonly organizationId: string
  readonly size: number
  /** Base64. */
  readonly root: string
  /** How many stored checkpoints agree with the entries, the latest not counted. */
  readonly checkpoints: number
  readonly witnessed: number
  readonly redactedFields: number
  readonly replay: Replayed | undefined
  /** Files of the archive about which nothing is said here. */
  readonly notLookedAt: readonly string[]
}

/** Everything an archive says, against what was signed. Throws `Untrue` for the first thing that is wrong. */
export function verifyArchive(tar: Tar, evidence: Evidence): Report {
  const { keys, operatorKeys, witnesses, replay } = evidence
  const manifest = readManifest(tar)
  const head = readHead(tar, manifest, keys)
  const stored = readStored(tar, head, keys)
  const witnessed = witnesses.flatMap((witness) => claimsOf(witness, head.origin, keys))
  const operator = checkOperator(tar, operatorKeys, [{ what: 'checkpoint', size: head.size }, ...stored])
  const history = new History([...stored, ...witnessed, { ...head, what: 'the latest checkpoint' }], head.size)
  const redactions = checkEntries(tar, { head, history, manifest, evidence })
  return {
    origin: head.origin,
    organizationId: manifest.organizationId,
    size: head.size,
    root: head.root.toString('base64'),
    checkpoints: stored.length,
    witnessed: witnessed.length,
    redactedFields: redactions.count,
    ...operator,
    replay: replay?.result(),
    notLookedAt: tar.names().filter((name) => !LOOKED_AT.test(name)),
  }
}

function readHead(tar: Tar, { origin, size }: Manifest, keys: readonly VerifierKey[]): Checkpoint {
  const head = readSignedCheckpoint(tar.read('checkpoint').toString(), keys, 'checkpoint')
  if (head.origin !== origin) throw new Untrue(`the manifest is of ${origin}, the checkpoint of ${head.origin}`)
  if (head.size !== size) throw new Untrue(`the manifest says size ${size}, the checkpoint ${head.size}`)
  return head
}

function readStored(tar: Tar, { origin }: Checkpoint, keys: readonly VerifierKey[]): Claim[] {
  const names = tar.names().filter((name) => name.startsWith(CHECKPOINTS))
  return names.map((name) => {
    const checkpoint = readSignedCheckpoint(tar.read(name).toString(), keys, name)
    if (checkpoint.origin !== origin) throw new Untrue(`${name} is of another log, ${checkpoint.origin}`)
    if (name !== `${CHECKPOINTS}${String(checkpoint.size).padStart(20, '0')}`) {
      throw new Untrue(`${name} is of size ${checkpoint.size}`)
    }
    return { what: name, size: checkpoint.size, root: checkpoint.root }
  })
}

interface Against {
  readonly head: Checkpoint
  readonly history: History
  readonly manifest: Manifest
  readonly evidence: Evidence
}

/** Once through the entries, with the tree, the tiles, the ids and the redactions growing along. */
function checkEntries(tar: Tar, { head, history, manifest, evidence }: Against): Redactions {
  const tiles = new TileCheck(tar, head.size)
  const signed = signedLeaves(tar, head)
  const tree = new GrowingTree()
  const ids = new Set<string>()
  const redactions = new Redactions()
  history.check(tree)
  for (const text of linesOf(tar.stream(ENTRIES), ENTRIES)) {
    const index = tree.size
    if (index === head.size) throw new Untrue(`is beyond the ${head.size} entries that were signed`, { index })
    const leaf = naming(index, text, () => {
      const line = readLine(text, index)
      const leaf = hashOfLeaf(line.leaf)
      if (signed && !signed(index).equals(leaf)) throw new Untrue('is not the one that was signed: its leaf differs')
      const envelope = readLeaf(line.leaf, manifest.organizationId)
      checkCommitments(envelope, line)
      addOnce(ids, envelope)
      evidence.replay?.judge(envelope, line)
      redactions.add(index, envelope, line)
      return leaf
    })
    tree.append(leaf, tiles.add)
    history.check(tree)
    evidence.progress(tree.size, head.size)
  }
  if (tree.size < head.size) {
    throw new Untrue(`is missing: ${head.size} entries were signed, ${tree.size} are here`, { index: tree.size })
  }
  tiles.check()
  redactions.check()
  return redactions
}

/** A UUID as 16 characters of a byte each, for there may be millions. */
function addOnce(ids: Set<string>, { id }: Envelope): void {
  const before = ids.size
  ids.add(Buffer.from(id.replaceAll('-', ''), 'hex').toString('latin1'))
  if (ids.size === before) throw new Untrue('is the second with this decision id')
}

const ID_IN_LEAF = /\\?"id\\?":\\?"([0-9a-f-]{36})/

/** Says of what goes wrong within which entry it does. */
function naming<T>(index: number, text: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof Untrue)) throw error
    throw new Untrue(error.message, { index, decisionId: ID_IN_LEAF.exec(text)?.[1] })
  }
}
