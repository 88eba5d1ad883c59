import { existsSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Hex } from 'viem'

import type { ChainClient } from './chain-client.ts'
import { replaceFile } from './files.ts'
import { hasCode } from './process.ts'

/** Of older blocks a restarted chain no longer knows transactions and receipts; without a bound the state only grows. */
export const keptBlocks = 20_000

/** What we look at in anvil's state; the rest passes through. */
interface ChainState {
  block: { number: string }
  blocks: { header: { number: string } }[]
  transactions: { block_number: number }[]
}

/** The file anvil loads at its start and writes at its end: not atomically, so it may be cut off. */
export const statePath = (directory: string) => join(directory, 'state.json')
/** The file we write while the chain runs: always whole, at most seconds old. */
const snapshotPath = (directory: string) => join(directory, 'snapshot.json')

/**
 * Leaves the newest intact state in `statePath`, or nothing when there is none. A damaged one is kept beside it for
 * whoever wants to look, and said.
 */
export function prepareState(directory: string, onProgress: (message: string) => void): void {
  const newestFirst = [statePath(directory), snapshotPath(directory)]
    .filter((path) => existsSync(path))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
  for (const path of newestFirst) {
    const state = readState(path)
    if (state !== undefined) {
      useState(directory, path, state)
      return
    }
    renameSync(path, `${path}.damaged`)
    onProgress(`The development chain's ${path} is damaged; kept as ${path}.damaged, going on with an earlier state`)
  }
}

function useState(directory: string, path: string, state: ChainState): void {
  const trimmed = trim(state)
  if (trimmed !== state || path !== statePath(directory)) replaceFile(statePath(directory), JSON.stringify(trimmed))
  rmSync(snapshotPath(directory), { force: true })
}

function readState(path: string): ChainState | undefined {
  try {
    const state: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isChainState(state) ? state : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isChainState(value: unknown): value is ChainState {
  if (typeof value !== 'object' || value === null) return false
  return 'block' in value && 'accounts' in value && 'blocks' in value && 'transactions' in value
}

function trim(state: ChainState): ChainState {
  if (state.blocks.length <= keptBlocks) return state
  const oldest = Number(state.block.number) - keptBlocks
  return {
    ...state,
    blocks: state.blocks.filter(({ header }) => Number(header.number) > oldest),
    transactions: state.transactions.filter((transaction) => transaction.block_number > oldest),
  }
}

/** Writes a snapshot now, and whenever there are new blocks: every second, less often as the state grows large. */
export async function keepSnapshots(client: ChainClient, directory: string, onProgress: (message: string) => void) {
  const ending = new AbortController()
  let lastBlock: bigint | undefined
  const snapshot = async () => {
    const block = await client.getBlockNumber({ cacheTime: 0 })
    if (block === lastBlock) return
    await writeSnapshot(directory, await client.dumpState())
    lastBlock = block
  }
  const keep = async () => {
    for (let durationMs = 0; await passes(Math.max(1000, 20 * durationMs), ending.signal); ) {
      const startedAt = performance.now()
      await snapshot().catch((error: unknown) => {
        if (!ending.signal.aborted) onProgress(`The development chain could not be saved: ${error}`)
      })
      durationMs = performance.now() - startedAt
    }
  }
  await snapshot()
  const kept = keep()
  return {
    end: () => {
      ending.abort()
      return kept
    },
  }
}

/** The dump is gzipped JSON in hexadecimal. */
async function writeSnapshot(directory: string, dump: Hex): Promise<void> {
  const json = await promisify(gunzip)(Buffer.from(dump.slice('0x'.length), 'hex'))
  replaceFile(snapshotPath(directory), json.toString('utf8'))
}

/** False when aborted before the time is over. */
async function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal, ref: false })
    return true
  } catch (error) {
    if (hasCode(error, 'ABORT_ERR')) return false
    throw error
  }
}
