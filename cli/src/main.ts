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

async function main([name = '', ...args]: string[]): Promise<number> {
  if (name === '--help' || name === 'help') return say(usage())
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new Misuse(usage())
  const { operands, options } = parse(command, args)
  const isJson = options.json === true
  try {
    const { lines, json } = await command.run(operands, options)
    return say(isJson ? JSON.stringify({ ok: true, ...json }) : lines.join('\n'))
  } catch (error) {
    if (!(error instanceof Untrue)) throw error
    say(isJson ? JSON.stringify({ ok: false, failure: { what: error.message, ...error.entry } }) : failed(error))
    return UNTRUE
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

function say(text: string): number {
  process.stdout.write(`${text}\n`)
  return OK
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Misuse)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = MISUSED
}
