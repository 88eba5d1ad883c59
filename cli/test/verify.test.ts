import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { archiveOf, checkpointName, type Files, tarOf, treeOf } from './support/archive.ts'
import { decision, type Entry, redact } from './support/decisions.ts'
import {
  type Exhibit,
  fileOf,
  installedWedi,
  isWithoutGo,
  judge,
  judgeWithGo,
  newDirectory,
  removeDirectories,
  wedi,
} from './support/judges.ts'
import { checkpointOf, hashOfLeaf, newSigner, receiptOf, sha256, Tree } from './support/log.ts'

const ORGANIZATION = '0192f0c1-0000-7000-8000-000000000001'
const ORIGIN = `wedi.test/log/${ORGANIZATION}`
const signer = newSigner(ORIGIN)

afterAll(removeDirectories)

const plain = (count: number): Entry[] => Array.from({ length: count }, () => decision(ORGANIZATION, {}, { note: 'n' }))

const filesOf = (entries: readonly Entry[], sizes: readonly number[] = []): Files =>
  archiveOf({ organizationId: ORGANIZATION, entries, signers: [signer], sizes })

function exhibitOf(files: Files, evidence: Partial<Exhibit> = {}): Exhibit {
  return { archive: fileOf(tarOf(files)), keys: [signer.vkey], ...evidence }
}

it.each([0, 1, 2, 255, 256, 257, 513])('verifies a log of %i entries with its tiles', async (size) => {
  const exhibit = exhibitOf(filesOf(plain(size), size > 2 ? [0, 1, 2, size - 1] : []))
  expect(await judge(exhibit)).toMatchObject({ code: 0, size, organizationId: ORGANIZATION, origin: ORIGIN })
  if (size > 0 && !isWithoutGo) expect(await judgeWithGo(exhibit)).toMatchObject({ code: 0 })
})

it('verifies a log that is high enough for three levels of tiles', async () => {
  const leaf = decision(ORGANIZATION, {})
  const id = JSON.parse(leaf.leaf).id as string
  const entries = Array.from({ length: 65_800 }, (_, at) => {
    const other = `${String(at).padStart(8, '0')}${id.slice(8)}`
    return { ...leaf, leaf: leaf.leaf.replace(id, other) }
  })
  const exhibit = exhibitOf(filesOf(entries, [1, 65_536, 65_537]))
  expect(await judge(exhibit)).toMatchObject({ code: 0, size: 65_800, checkpoints: 4 })
  if (!isWithoutGo) expect(await judgeWithGo(exhibit)).toMatchObject({ code: 0 })
}, 120_000)

it('accepts a field that is gone when a later or an earlier entry says so', async () => {
  const entries = plain(5)
  const { erased, redaction } = redact(entries[2] as Entry, ['note'])
  for (const at of [1, 4]) {
    const log = entries.with(2, erased).toSpliced(at, 0, redaction)
    expect(await judge(exhibitOf(filesOf(log)))).toMatchObject({ code: 0, redactedFields: 1 })
  }
})

it('asks for each field that is gone, and of the right decision', async () => {
  const [first, second] = plain(2) as [Entry, Entry]
  const { erased } = redact(first, ['note'])
  const { redaction } = redact(second, ['note'])
  const { redaction: partly } = redact(first, ['something else'])
  const subject = `decision:${JSON.parse(first.leaf).id}`
  const otherwise = decision(ORGANIZATION, { type: 'test.happened', subject }, { fields: ['note'] })
  for (const entry of [redaction, partly, otherwise]) {
    const said = await judge(exhibitOf(filesOf([erased, second, entry])))
    expect(said).toMatchObject({ code: 1, failure: { index: 0, what: expect.stringMatching(/^lacks note/) } })
  }
})

it('believes any of the keys it is given and passes over the others', async () => {
  const [older, newer, witness] = [newSigner(ORIGIN), newSigner(ORIGIN), newSigner('witness.test')]
  const entries = plain(20)
  const files = archiveOf({ organizationId: ORGANIZATION, entries, signers: [newer, witness], sizes: [5, 10] })
  files.set(checkpointName(5), Buffer.from(checkpointOf(treeOf(entries), 5, [older])))
  files.set(checkpointName(10), Buffer.from(checkpointOf(treeOf(entries), 10, [older, newer])))
  const exhibit = exhibitOf(files)
  for (const keys of [[older.vkey, newer.vkey], [`${newer.vkey}\n${older.vkey}\n`]]) {
    expect(await judge({ ...exhibit, keys })).toMatchObject({ code: 0 })
  }
  const what = expect.stringMatching(/checkpoints\/0+5 .* is signed by none/)
  expect(await judge({ ...exhibit, keys: [newer.vkey] })).toMatchObject({ code: 1, failure: { what } })
  const none = expect.stringMatching(/^checkpoint .* is signed by none/)
  expect(await judge({ ...exhibit, keys: [witness.vkey] })).toMatchObject({ code: 1, failure: { what: none } })
})

it('holds the archive against what a witness kept, from a file or from an address', async () => {
  const entries = plain(20)
  const tree = treeOf(entries)
  const kept = [0, 3, 20].map((size) => checkpointOf(tree, size, [signer])).join('\n')
  const elsewhere = checkpointOf(new Tree([]), 0, [newSigner('wedi.test/log/another')])
  const files = filesOf(entries)
  const server = createServer((_, reply) => reply.end(kept + elsewhere)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  for (const witness of [fileOf(kept + elsewhere), url]) {
    expect(await judge(exhibitOf(files, { witnesses: [witness] }))).toMatchObject({ code: 0, witnessed: 3 })
  }
  server.close()
  const silent = await judge(exhibitOf(files, { witnesses: [fileOf(elsewhere)] }))
  expect(silent).toMatchObject({ code: 1, failure: { what: expect.stringMatching(/has no checkpoint of/) } })
  const unsigned = checkpointOf(tree, 3, [newSigner(ORIGIN)])
  const made = await judge(exhibitOf(files, { witnesses: [fileOf(unsigned)] }))
  expect(made).toMatchObject({ code: 1, failure: { what: expect.stringMatching(/signed by none/) } })
})

it("follows the operator's proof from the checkpoint to the tree of all organisations", async () => {
  const operator = newSigner('wedi.test/operator')
  const files = filesOf(plain(3))
  const leaf = (name: string) => hashOfLeaf(files.get(name)?.toString() as string)
  const tree = new Tree([hashOfLeaf('another'), leaf('checkpoint'), hashOfLeaf('a third')])
  const head = checkpointOf(tree, 3, [operator])
  const proven = (index: number) =>
    new Map([
      ...files,
      ['operator/checkpoint', Buffer.from(head)],
      ['operator/proof', Buffer.from(receiptOf(tree, index, head))],
    ])
  const operatorKeys = [operator.vkey]
  expect(await judge(exhibitOf(proven(1), { operatorKeys }))).toMatchObject({ code: 0, operatorProof: 'verified' })
  expect(await judge(exhibitOf(proven(1)))).toMatchObject({ operatorProof: expect.stringMatching(/^not checked/) })
  expect(await judge(exhibitOf(files))).toMatchObject({ code: 0, operatorProof: 'absent' })
  const [name = ''] = [...files.keys()].filter((each) => each.startsWith('checkpoints/'))
  const beforeLast = new Tree([hashOfLeaf('another'), leaf(name)])
  const covering = checkpointOf(beforeLast, 2, [operator])
  const before = new Map([
    ...files,
    ['operator/checkpoint', Buffer.from(covering)],
    ['operator/proof', Buffer.from(receiptOf(beforeLast, 1, covering))],
  ])
  expect(await judge(exhibitOf(before, { operatorKeys }))).toMatchObject({
    ...{ code: 0, operatorProof: 'verified', coveredSize: Number(name.slice('checkpoints/'.length)) },
  })
  const earlier = Buffer.from(checkpointOf(tree, 2, [operator]))
  for (const wrong of [proven(2), files, proven(1).set('operator/checkpoint', earlier)]) {
    expect(await judge(exhibitOf(wrong, { operatorKeys }))).toMatchObject({ code: 1 })
  }
  const stranger = [newSigner('wedi.test/operator').vkey]
  expect(await judge(exhibitOf(proven(1), { operatorKeys: stranger }))).toMatchObject({ code: 1 })
})

it.each([
  ['manifest.json is not of', { 'manifest.json': '{"format":"another@v1"}' }],
  ['manifest.json is not JSON', { 'manifest.json': '{' }],
  [
    'says size',
    { 'manifest.json': '{"format":"wedi-log-archive@v1","origin":"ORIGIN","organizationId":"x","size":4}' },
  ],
  [
    'the manifest is of',
    { 'manifest.json': '{"format":"wedi-log-archive@v1","origin":"x","organizationId":"x","size":3}' },
  ],
  ['is not a signed note', { checkpoint: 'nothing' }],
  ['is not JSON', { 'entries.ndjson': '[]]\n' }],
  ['the line is not an object', { 'entries.ndjson': '[]\n' }],
  ['each name once', { 'entries.ndjson': '{"index":0,"leaf":"this","leaf":"or that"}\n' }],
  ['does not end with a newline', { 'entries.ndjson': '{}' }],
  ['is not UTF-8', { 'entries.ndjson': Buffer.of(0xff, 0x0a) }],
])('refuses an archive with trouble inside: %s', async (what, changes: Record<string, string | Buffer>) => {
  const files = filesOf(plain(3))
  for (const [name, content] of Object.entries(changes)) {
    files.set(name, typeof content === 'string' ? Buffer.from(content.replace('ORIGIN', ORIGIN)) : content)
  }
  expect(await judge(exhibitOf(files))).toMatchObject({ code: 1, failure: { what: expect.stringContaining(what) } })
})

it('takes no checkpoint of another log, also not with its key', async () => {
  const another = newSigner('wedi.test/log/another')
  const entries = plain(3)
  const files = filesOf(entries).set(checkpointName(2), Buffer.from(checkpointOf(treeOf(entries), 2, [another])))
  const said = await judge(exhibitOf(files, { keys: [signer.vkey, another.vkey] }))
  expect(said).toMatchObject({ code: 1, failure: { what: expect.stringMatching(/is of another log/) } })
})

it('says that nothing was checked when the disk cannot be read', async () => {
  expect(await wedi(['verify', newDirectory(), '--key', signer.vkey])).toMatchObject({ code: 2 })
})

it.each([
  ['is not a tar', () => Buffer.alloc(2048, 'x'), /not an uncompressed tar file/],
  ['is empty', () => Buffer.alloc(0), /cut off/],
  ['says no length', (tar: Buffer) => withLength(tar, 'not a number'), /says no length of manifest.json/],
  ['lacks its end', (tar: Buffer) => tar.subarray(0, -1024), /cut off/],
  ['holds a file twice', (tar: Buffer) => Buffer.concat([tar.subarray(0, -1024), tar]), /holds .* twice/],
])('refuses a file that %s', async (_case, change: (tar: Buffer) => Buffer, what) => {
  const archive = fileOf(change(tarOf(filesOf(plain(2)))))
  expect(await judge({ archive, keys: [signer.vkey] })).toMatchObject({
    code: 1,
    failure: { what: expect.stringMatching(what) },
  })
})

it('says which files of the archive it did not look at', async () => {
  const files = filesOf(plain(1)).set('policy.json', Buffer.from('{}'))
  expect(await judge(exhibitOf(files))).toMatchObject({ code: 0, notLookedAt: ['policy.json'] })
})

it('speaks to people, too', async () => {
  const good = exhibitOf(filesOf(plain(3)))
  const said = await installedWedi(['verify', good.archive, '--key', signer.vkey])
  expect(said).toMatchObject({ code: 0, output: expect.stringContaining(`ok  ${ORIGIN}\n    3 entries, root `) })
  const files = filesOf(plain(3)).set('entries.ndjson', filesOf(plain(3)).get('entries.ndjson') as Buffer)
  const { code, output } = await installedWedi(['verify', fileOf(tarOf(files)), '--key', signer.vkey])
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringMatching(/^FAILED {2}entry 0 \(decision .{36}\): is not/),
  })
})

it('exits with 2 as it is installed, when it is called wrongly', async () => {
  expect(await installedWedi(['verify'])).toMatchObject({
    code: 2,
    output: expect.stringContaining('Usage: wedi verify'),
  })
})

it.each([
  ['no command', [], 'Usage:'],
  ['an unknown command', ['prove'], 'Usage:'],
  ['no archive', ['verify', '--key', signer.vkey], 'a wrong number of files'],
  ['no key', ['verify', 'some.tar'], '--key is needed'],
  ['an unknown option', ['verify', 'some.tar', '--key', signer.vkey, '--quick'], '--quick'],
  ['a file that is not there', ['verify', 'nothing/here.tar', '--key', signer.vkey], 'cannot open nothing/here.tar'],
  [
    'a witness that is not there',
    ['verify', 'a.tar', '--key', signer.vkey, '--witness', 'no/one'],
    'cannot read no/one',
  ],
  ['a key that is none', ['verify', 'some.tar', '--key', 'abc'], 'not a verifier key'],
  [
    'a key with a wrong id',
    ['verify', 'some.tar', '--key', signer.vkey.replace(/[+].{8}[+]/, '+00000000+')],
    'does not fit',
  ],
  ['a key of another kind', ['verify', 'some.tar', '--key', keyOfKind(6)], 'not an Ed25519 verifier key'],
  ['no leaf', ['verify-proof', 'receipt', '--key', signer.vkey], '--leaf is needed'],
])('exits with 2 for %s', async (_case, args, why) => {
  expect(await wedi(args)).toMatchObject({ code: 2, output: expect.stringContaining(why) })
})

/** With the right id. */
function keyOfKind(kind: number): string {
  const typed = Buffer.concat([Buffer.of(kind), Buffer.alloc(32)])
  return `${ORIGIN}+${sha256(`${ORIGIN}\n`, typed).toString('hex', 0, 4)}+${typed.toString('base64')}`
}

/** The first file of a tar with another length in its header, whose checksum is right. */
function withLength(tar: Buffer, length: string): Buffer {
  const changed = Buffer.from(tar)
  changed.write(length.slice(0, 11).padEnd(11), 124, 'latin1')
  changed.write(' '.repeat(8), 148)
  const sum = changed.subarray(0, 512).reduce((total, byte) => total + byte, 0)
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return changed
}
