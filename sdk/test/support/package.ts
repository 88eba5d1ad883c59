import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const SDK = fileURLToPath(new URL('../..', import.meta.url))
const TOOLS = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url))
const PARTS = ['package.json', 'tsconfig.json', 'README.md', 'LICENSE', 'src', 'generated']

/** A project of somebody else, with the package as npm would publish it and nothing else of ours. */
export interface Project {
  readonly folder: string
  /** What the package's entry exports. */
  load(): Promise<typeof import('@wedi/sdk')>
  write(file: string, text: string): string
  remove(): void
}

export async function newProject(): Promise<Project> {
  const root = mkdtempSync(join(tmpdir(), 'wedi-sdk-'))
  const folder = join(root, 'project')
  const source = join(root, 'sdk')
  const installed = join(folder, 'node_modules', '@wedi', 'sdk')
  mkdirSync(installed, { recursive: true })
  // Built in a copy: test files that do so at the same time would read each other's halves.
  for (const part of PARTS) cpSync(join(SDK, part), join(source, part), { recursive: true })
  const env = { ...process.env, PATH: [TOOLS, process.env.PATH].join(delimiter) }
  await run('npm', ['pack', '--silent', '--pack-destination', root], { cwd: source, env })
  await run('tar', ['-xzf', join(root, 'wedi-sdk-0.1.0.tgz'), '-C', installed, '--strip-components', '1'])
  const write = (file: string, text: string) => {
    writeFileSync(join(folder, file), text)
    return join(folder, file)
  }
  write('package.json', '{ "type": "module" }\n')
  return {
    folder,
    write,
    load: () => import(pathToFileURL(createRequire(join(folder, 'here.js')).resolve('@wedi/sdk')).href),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  }
}
