import { afterAll, expect, it } from 'vitest'
import { treeOf } from './support/archive.ts'
import { decision } from './support/decisions.ts'
import { fileOf, isWithoutGo, removeDirectories, verifyGo, wedi } from './support/judges.ts'
import { checkpointOf, newSigner, receiptOf } from './support/log.ts'

const ORGANIZATION = '0192f0c1-0000-7000-8000-000000000001'
const signer = newSigner(`wedi.test/log/${ORGANIZATION}`)
const stranger = newSigner(signer.name)
const entries = Array.from({ length: 300 }, (_, at) => decision(ORGANIZATION, { subject: `test:${at}` }))
const tree = treeOf(entries)
const head = checkpointOf(tree, 300, [signer])
const receipt = (index: number) => receiptOf(tree, index, head)
const leafAt = (index: number) => entries[index]?.leaf as string

afterAll(removeDirectories)

/** Both verifiers on the same receipt and leaf. */
async function judged(text: string, leaf: string): Promise<(number | null)[]> {
  const [path, leafPath] = [fileOf(text), fileOf(leaf)]
  const ours = await wedi(['verify-proof', path, '--leaf', leafPath, '--key', signer.vkey])
  if (isWithoutGo) return [ours.code]
  const gos = await verifyGo(['receipt', '-key', signer.vkey, '-leaf', leafPath, path])
  return [ours.code, gos.code]
}

const both = (code: number) => (isWithoutGo ? [code] : [code, code])

it.each([0, 1, 255, 256, 299])('believes the receipt of entry %i', async (index) => {
  expect(await judged(receipt(index), leafAt(index))).toEqual(both(0))
})

it('takes a leaf with the line end that a shell adds, and a receipt with a word for somebody else', async () => {
  const path = fileOf(receipt(7).replace('index', `extra ${Buffer.from('hello').toString('base64')}\nindex`))
  const said = await wedi(['verify-proof', path, '--leaf', fileOf(`${leafAt(7)}\n`), '--key', signer.vkey, '--json'])
  expect(said.code).toBe(0)
  expect(JSON.parse(said.output)).toMatchObject({ ok: true, origin: signer.name, index: 7, size: 300 })
})

it.each([
  ['of another entry', receipt(8), leafAt(7)],
  ['of another index', receipt(7).replace('index 7', 'index 6'), leafAt(7)],
  ['of a leaf that was changed', receipt(7), leafAt(7).replace('system', 'nobody')],
  ['without a hash', receipt(7).replace(/(index 7\n)[^\n]+\n/, '$1'), leafAt(7)],
  ['under a checkpoint of another size', receiptOf(tree, 7, checkpointOf(tree, 299, [signer])), leafAt(7)],
  ["under a stranger's checkpoint", receiptOf(tree, 7, checkpointOf(tree, 300, [stranger])), leafAt(7)],
  [
    'under a checkpoint in the name of another log',
    receiptOf(tree, 7, checkpointOf(tree, 300, [signer], 'x')),
    leafAt(7),
  ],
  ['without a checkpoint', receipt(7).split('\n\n')[0] as string, leafAt(7)],
  ['in another format', receipt(7).replace('@v1', '@v2'), leafAt(7)],
])('refuses a receipt %s', async (_case, text, leaf) => {
  expect(await judged(text, leaf)).toEqual(both(1))
})

it('takes each hash in its one spelling', async () => {
  // The last letter of 32 bytes has two bits to spare.
  const other = receipt(7).replace(
    /(.)=\n/,
    (_, letter: string) => `${String.fromCharCode(letter.charCodeAt(0) + 1)}=\n`,
  )
  const said = await wedi(['verify-proof', fileOf(other), '--leaf', fileOf(leafAt(7)), '--key', signer.vkey])
  expect(said).toMatchObject({ code: 1, output: expect.stringContaining('has a hash that is not 32 bytes in base64') })
})

it('follows a proof that a later log begins with an earlier one', async () => {
  const older = fileOf(checkpointOf(tree, 100, [signer]))
  const newer = fileOf(head)
  const proof = tree.consistency(100).map((hash) => hash.toString('base64'))
  const answer = (hashes: string[]) => fileOf(JSON.stringify({ from: '100', to: '300', proof: hashes }))
  const judge = (from: string, to: string, hashes: string[]) =>
    wedi(['verify-consistency', from, to, '--proof', answer(hashes), '--key', signer.vkey])
  expect(await judge(older, newer, proof)).toMatchObject({
    code: 0,
    output: expect.stringContaining('all of size 100'),
  })
  expect(await judge(newer, older, proof)).toMatchObject({ code: 1 })
  expect(await judge(older, newer, proof.slice(1))).toMatchObject({ code: 1 })
  expect(await judge(fileOf(checkpointOf(tree, 99, [signer])), newer, proof)).toMatchObject({ code: 1 })
  const another = newSigner('wedi.test/log/another')
  const foreign = fileOf(checkpointOf(tree, 100, [another]))
  const said = await wedi([
    'verify-consistency',
    foreign,
    newer,
    '--proof',
    answer(proof),
    '--key',
    `${signer.vkey}\n${another.vkey}`,
  ])
  expect(said).toMatchObject({ code: 1, output: expect.stringContaining('two logs') })
})
