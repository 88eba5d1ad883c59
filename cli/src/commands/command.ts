import { readFileSync } from 'node:fs'
import type { ParseArgsOptionsConfig } from 'node:util'
import { Misuse } from '../failures.ts'
import { parseVerifierKey, type VerifierKey } from '../tlog/note.ts'

/** What was found, for people and for machines. */
export interface Finding {
  readonly lines: readonly string[]
  readonly json: object
}

export interface Command {
  /** Behind `wedi`. */
  readonly usage: string
  readonly operands: number
  readonly options: ParseArgsOptionsConfig
  run(operands: readonly string[], options: Options): Finding | Promise<Finding>
}

export type Options = Readonly<Record<string, undefined | string | boolean | (string | boolean)[]>>

export const textsOf = (option: Options[string]): string[] =>
  (Array.isArray(option) ? option : [option]).filter((value) => typeof value === 'string')

/** Each value may hold several keys, one a line, as a server that rotates its key prints them. */
export function keysOf(option: Options[string]): VerifierKey[] {
  const lines = textsOf(option).flatMap((text) => text.split('\n').filter((line) => line.trim() !== ''))
  return lines.map(parseVerifierKey)
}

export function requiredKeys(option: Options[string]): VerifierKey[] {
  const keys = keysOf(option)
  if (keys.length === 0) throw new Misuse('--key is needed: the log’s verifier key, learnt from someone you trust')
  return keys
}

export function requiredText(name: string, option: Options[string]): string {
  if (typeof option !== 'string') throw new Misuse(`--${name} is needed`)
  return option
}

export function readGiven(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Misuse(`cannot read ${path}: ${(error as Error).message}`)
  }
}
