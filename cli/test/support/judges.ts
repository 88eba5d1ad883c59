import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { call } from '../../src/call.ts'

const WEDI = fileURLToPath(new URL('../../bin/wedi.mjs', import.meta.url))
const VERIFY_GO = fileURLToPath(new URL('../../../verify-go', import.meta.url))

export interface Said {
  /** 0 it holds, 1 it does not, 2 called wrongly. */
  readonly code: number | null
  readonly output: string
}

/** What an archive, wherever it comes from, is judged with. */
export interface Exhibit {
  readonly archive: string
  readonly keys: readonly string[]
  readonly witnesses?: readonly string[]
  readonly operatorKeys?: readonly string[]
  readonly isReplayed?: boolean
}

export interface Failure {
  readonly what: string
  readonly index?: number
  readonly decisionId?: string
}

/** `wedi` without its process, of which there would be hundreds. */
export async function wedi(args: readonly string[]): Promise<Said> {
  const { code, found = '', complaint = '' } = await call(args)
  return { code, output: found + complaint }
}

/** `wedi` as it is installed. */
export const installedWedi = (args: readonly string[]): Promise<Said> => run(process.execPath, [WEDI, ...args])

export async function judge(exhibit: Exhibit): Promise<Said & { failure?: Failure }> {
  const { archive, keys, witnesses = [], operatorKeys = [], isReplayed = false } = exhibit
  const options = [...flags('--key', keys), ...flags('--witness', witnesses), ...flags('--operator-key', operatorKeys)]
  const said = await wedi(['verify', archive, ...options, ...(isReplayed ? ['--replay'] : []), '--json'])
  return said.code === 2 ? said : { ...said, ...JSON.parse(said.output) }
}

/** The same question to software that others wrote. */
export async function judgeWithGo({ archive, keys, witnesses = [] }: Exhibit): Promise<Said> {
  return verifyGo(['archive', ...flags('-key', keys), ...flags('-witness', witnesses), archive])
}

const flags = (name: string, values: readonly string[]): string[] => values.flatMap((value) => [name, value])

/** Builds the Go program once; the first time ever it downloads the one module it needs. */
export async function verifyGo(args: readonly string[]): Promise<Said> {
  program ??= build()
  return run(await program, args)
}

let program: Promise<string> | undefined

async function build(): Promise<string> {
  const path = join(newDirectory(), 'verify-go')
  const { code, output } = await run('go', ['build', '-buildvcs=false', '-o', path, '.'], VERIFY_GO)
  if (code !== 0) throw new Error(`verify-go cannot be built: ${output}`)
  return path
}

/**
 * Where there is no Go, its judgement is skipped, and the run says how many were; not where everything must run.
 */
export const isWithoutGo = process.env.CI !== 'true' && spawnSync('go', ['version']).error !== undefined
if (isWithoutGo) console.warn('Go is not installed: verification by software of others is skipped.')

const directories: string[] = []

export function newDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'wedi-cli-'))
  directories.push(path)
  return path
}

export function removeDirectories(): void {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true })
}

let written = 0

/** A file of its own that does not outlive the test. */
export function fileOf(content: string | Buffer): string {
  const path = join(newDirectory(), `file-${written++}`)
  writeFileSync(path, content)
  return path
}

function run(command: string, args: readonly string[], cwd?: string): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(cwd !== undefined && { cwd }) })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}
