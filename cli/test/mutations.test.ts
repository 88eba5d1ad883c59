import { afterAll, describe, expect, it } from 'vitest'
import { tarOf } from './support/archive.ts'
import { idOf } from './support/decisions.ts'
import { type Exhibit, fileOf, isWithoutGo, judge, judgeWithGo, removeDirectories } from './support/judges.ts'
import { mutations } from './support/mutations.ts'
import { type Changed, type Mutation, newWorld } from './support/tampering.ts'

const world = newWorld()
const table: string[][] = []

afterAll(() => {
  removeDirectories()
  const rows = [['mutation', 'by', 'wedi verify', 'Go'], ...table]
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  console.log(rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')).join('\n'))
})

function exhibitOf({ files, witness, isReplayed = false }: Changed): Exhibit {
  const tar = tarOf(files)
  const archive = fileOf(files.has('CUT') ? tar.subarray(0, tar.length / 2) : tar)
  return {
    archive,
    keys: [world.signer.vkey],
    witnesses: witness === undefined ? [] : [fileOf(witness)],
    isReplayed,
  }
}

/** What Go said, in a word. */
async function goFinds(mutation: Mutation, exhibit: Exhibit): Promise<string> {
  if (isWithoutGo) return 'skipped: no Go here'
  const { code, output } = await judgeWithGo(exhibit)
  expect({ code, output }).toMatchObject({ code: mutation.notForGo === undefined ? 1 : 0 })
  return mutation.notForGo ?? 'found'
}

describe('finds nothing in what nobody changed', () => {
  it('here', async () => {
    expect(await judge(exhibitOf({ ...world, isReplayed: true }))).toMatchObject({
      code: 0,
      size: 300,
      checkpoints: 4,
      replay: { replayed: 90, skipped: {} },
    })
  })

  it.skipIf(isWithoutGo)('nor with software of others', async () => {
    expect(await judgeWithGo(exhibitOf(world))).toMatchObject({ code: 0 })
  })
})

it.each(mutations)('finds $name', async (mutation) => {
  const changed = mutation.change(world)
  const exhibit = exhibitOf(changed)
  const said = await judge(exhibit)
  expect(said).toMatchObject({ code: 1, failure: { what: expect.stringMatching(mutation.ours) } })
  expect(said.failure?.index).toBe(mutation.entry)
  table.push([mutation.name, mutation.by, 'found', await goFinds(mutation, exhibit)])
})

it('names the decision of the first wrong entry', async () => {
  const edit = mutations.find(({ name }) => name === 'edit: a recorded value') as Mutation
  const { failure } = await judge(exhibitOf(edit.change(world)))
  expect(failure?.decisionId).toBe(idOf(world.entries[155] ?? { leaf: '{}', inputs: null, salts: null }))
})
