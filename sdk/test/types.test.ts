import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { newProject, type Project } from './support/package.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const inRepository = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

let project: Project
beforeAll(async () => {
  project = await newProject()
})
afterAll(() => project.remove())

/** What the compiler says of files of a project that is strict about everything, types of its packages included. */
async function compile(files: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(files)) project.write(name, text)
  const types = ['--types', 'node', '--typeRoots', inRepository('node_modules/@types')]
  const strict = ['--strict', '--noEmit', '--ignoreConfig', '--skipLibCheck', 'false', '--exactOptionalPropertyTypes']
  const target = ['--target', 'es2024', '--module', 'nodenext', '--allowImportingTsExtensions']
  const args = [inRepository('node_modules/typescript/bin/tsc'), ...strict, ...target, ...types, ...Object.keys(files)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project.folder }).catch(
    (error: { stdout: string }) => error,
  )
  return stdout
}

const examplesOf = (file: string): string[] =>
  [...readFileSync(inRepository(file), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, text = '']) => text)

it('the examples of both READMEs are what the compiler takes, and an agent is 20 lines', async () => {
  const [agent = '', ...others] = examplesOf('README.md')
  const lines = agent.split('\n').filter((line) => line.trim() !== '')
  expect(lines.length).toBeLessThanOrEqual(20)
  const files = [agent, ...others, ...examplesOf('sdk/README.md')].map((text, at) => [`example-${at}.ts`, text])
  expect(files).toHaveLength(3)
  expect(await compile(Object.fromEntries(files))).toBe('')
})

it('what the API does not know or does not give is an error of the compiler', async () => {
  const wrong = `
import { type Task, Wedi } from '@wedi/sdk'
const wedi = new Wedi({ url: '', key: '' })
const task: Task = await wedi.post('/v1/tasks', { type: 'a', payload: {} })
const archive: Response = await wedi.get('/v1/log/export')
const text: string = await wedi.get('/v1/log/checkpoint')
// @ts-expect-error: there is no such path
await wedi.post('/v1/agents/{agentId}/pauze', { agentId: 'a' })
// @ts-expect-error: it has no such method
await wedi.put('/v1/agents/{agentId}/pause', { agentId: 'a' })
// @ts-expect-error: the path wants an agent
await wedi.post('/v1/agents/{agentId}/pause', { reason: 'a' })
// @ts-expect-error: a payload is missing
await wedi.post('/v1/tasks', { type: 'a' })
// @ts-expect-error: unknown fields are refused
await wedi.get('/v1/agents', { lable: 'a' })
// @ts-expect-error: a checkpoint is no list
wedi.list('/v1/log/checkpoint')
for await (const agent of wedi.list('/v1/agents')) {
  const name: string = agent.name
  // @ts-expect-error: agents have no such field
  agent.nmae === name
}
export { archive, task, text }
`
  expect(await compile({ 'wrong.ts': wrong })).toBe('')
})

it('the package is JavaScript and its types, and depends on nothing', () => {
  const installed = join(project.folder, 'node_modules', '@wedi', 'sdk')
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  expect([dependencies, peerDependencies]).toEqual([undefined, undefined])
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  expect(files.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([])
  const scripts = files.filter((name) => name.endsWith('.js'))
  expect(scripts.length).toBeGreaterThan(0)
  for (const name of scripts) {
    const imported = [...readFileSync(join(installed, name), 'utf8').matchAll(/ from '([^']+)'/g)].map(
      ([, from]) => from,
    )
    expect(imported.filter((from) => !from?.startsWith('.'))).toEqual([])
  }
})
