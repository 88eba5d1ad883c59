import { parseArgs } from 'node:util'
import type { Command } from './commands/command.ts'
import { verify } from './commands/verify.ts'
import { verifyConsistency } from './commands/verify-consistency.ts'
import { verifyProof } from './commands/verify-proof.ts'
import { Misuse, Untrue } from './failures.ts'

const commands: Readonly<Record<string, Command>> = {
  verify,
  'verify-proof': verifyProof,
  'verify-consistency': verifyConsistency,
}

const OK = 0
const UNTRUE = 1
const MISUSED = 2

const usage = (): string =>
  ['Usage:', ...Object.values(commands).map((command) => `  wedi ${command.usage}`)].join('\n')

/** One call of `wedi`: what it says and with which code it exits. */
export interface Call {
  readonly code: number
  /** What was found, for standard output. */
  readonly found?: string
  /** Why nothing was checked, for standard error. */
  readonly complaint?: string
}

export async function call(args: readonly string[]): Promise<Call> {
  try {
    return await judge(args)
  } catch (error) {
    if (!(error instanceof Misuse || isOfTheSystem(error))) throw error
    return { code: MISUSED, complaint: error.message }
  }
}

/** A disk that cannot be read says nothing about what is on it. */
const isOfTheSystem = (error: unknown): error is Error => error instanceof Error && 'syscall' in error

async function judge([name = '', ...args]: readonly string[]): Promise<Call> {
  if (name === '--help' || name === 'help') return { code: OK, found: usage() }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new Misuse(usage())
  const { operands, options } = parse(command, args)
  const isJson = options.json === true
  try {
    const { lines, json } = await command.run(operands, options)
    return { code: OK, found: isJson ? JSON.stringify({ ok: true, ...json }) : lines.join('\n') }
  } catch (error) {
    if (!(error instanceof Untrue)) throw error
    const failure = { what: error.message, ...error.entry }
    return { code: UNTRUE, found: isJson ? JSON.stringify({ ok: false, failure }) : failed(error) }
  }
}

function parse(command: Command, args: string[]): { operands: string[]; options: Parameters<Command['run']>[1] } {
  try {
    const options = { ...command.options, json: { type: 'boolean' as const } }
    const { positionals, values } = parseArgs({ args, options, allowPositionals: true })
    if (positionals.length !== command.operands) throw new Misuse('a wrong number of files')
    return { operands: positionals, options: values }
  } catch (error) {
    throw new Misuse(`${(error as Error).message}\nUsage: wedi ${command.usage}`)
  }
}

function failed({ message, entry }: Untrue): string {
  if (!entry) return `FAILED  ${message}`
  const decision = entry.decisionId === undefined ? '' : ` (decision ${entry.decisionId})`
  return `FAILED  entry ${entry.index}${decision}: ${message}`
}
