import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { type Address, type Hex, isHex } from 'viem'

import { type ChainClient, chainClient, developer, sendAsDeveloper } from './chain-client.ts'
import { keepSnapshots, keptBlocks, prepareState, statePath } from './chain-state.ts'
import { replaceFile } from './files.ts'
import { endProcess, type StopStep, startTime } from './process.ts'
import { type Service, startOnPort, startService } from './service.ts'
import artifact from './token/DevelopmentDollar.json' with { type: 'json' }

export interface EmbeddedChainOptions {
  /** Holds the chain's state; made if missing. */
  readonly directory: string
  readonly onProgress?: (message: string) => void
  /** A free one by default. */
  readonly port?: number
}

export interface EmbeddedChain {
  readonly chain: 'eip155:31337'
  readonly rpcUrl: string
  /** The Development Dollar (dUSD, 6 decimals): the same address on every fresh chain. */
  readonly token: Address
  stop(): Promise<void>
  /** Resolves with what the node printed last when it ended without being asked to. */
  readonly exited: Promise<string>
}

/** Where the developer's first transaction, nonce 0, puts a contract. */
const tokenAddress: Address = '0x5FbDB2315678afecb367f032d93F642f64180aa3'

/** anvil writes its state at SIGTERM, which takes a second per 100 MB or so. */
const stopSteps: [StopStep, StopStep] = [
  { signal: 'SIGTERM', waitMs: 7000 },
  { signal: 'SIGKILL', waitMs: 1000 },
]
const orphanWaitMs = 30_000

/** Starts the development chain on the state in the directory, for as long as this process lives. */
export async function startEmbeddedChain(options: EmbeddedChainOptions): Promise<EmbeddedChain> {
  const { onProgress = () => undefined } = options
  const directory = resolve(options.directory)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  await clearOrphan(directory, onProgress)
  prepareState(directory, onProgress)
  const { service, port } = await startNode(directory, options.port)
  const rpcUrl = `http://127.0.0.1:${port}`
  const client = chainClient(rpcUrl)
  try {
    replaceFile(ownerPath(directory), `${service.pid} ${startTime(service.pid)}`)
    await ensureToken(client, directory)
    const snapshots = await keepSnapshots(client, directory, onProgress)
    void service.exited.then(snapshots.end)
    const stop = async () => {
      await snapshots.end()
      await service.stop()
    }
    return { chain: 'eip155:31337', rpcUrl, token: tokenAddress, stop, exited: service.exited }
  } catch (error) {
    await service.stop()
    throw error
  }
}

async function startNode(directory: string, port: number | undefined): Promise<{ service: Service; port: number }> {
  const start = (port: number) => startService(nodeCommand(directory, port))
  if (port !== undefined) return { service: await start(port), port }
  return startOnPort(start, (output) => /address already in use|AddrInUse/i.test(output))
}

function nodeCommand(directory: string, port: number) {
  return {
    name: 'The development chain',
    command: findNode(),
    args: ['--port', String(port), '--state', statePath(directory), ...settings],
    options: { cwd: directory, env: { PATH: process.env.PATH, HOME: directory } },
    stopSteps,
    watchdogWaitMs: orphanWaitMs,
    isReady: () => answers(`http://127.0.0.1:${port}`),
    readyTimeoutMs: 30_000,
  }
}

/**
 * Blocks are mined at once and cost nothing. The base fee starts at zero and grows only after blocks more than half
 * full: a gas limit no burst of transfers comes near keeps it there.
 */
const settings = [
  ...['--quiet', '--host', '127.0.0.1', '--chain-id', '31337', '--accounts', '1'],
  ...['--base-fee', '0', '--gas-price', '0', '--disable-min-priority-fee', '--gas-limit', '1000000000'],
  ...['--prune-history', '64', '--transaction-block-keeper', String(keptBlocks)],
]

/** The platform package's own program: the wrapper in `@foundry-rs/anvil` would keep signals from it. */
function findNode(): string {
  const system = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  const name = `@foundry-rs/anvil-${system}`
  const wrapper = createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json')
  try {
    return createRequire(wrapper).resolve(`${name}/bin/anvil`)
  } catch (cause) {
    throw new Error(`There is no embedded chain for this system (${name}); set WEDI_CHAINS.`, { cause })
  }
}

async function answers(rpcUrl: string): Promise<boolean> {
  try {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(rpcUrl, { method: 'POST', headers, body, signal: AbortSignal.timeout(1000) })
    return response.ok
  } catch (error) {
    // Nothing listens yet; whether it ever will is the caller's deadline.
    if (error instanceof TypeError || (error instanceof Error && error.name === 'TimeoutError')) return false
    throw error
  }
}

const ownerPath = (directory: string) => join(directory, 'anvil.pid')

/** Waits for a node that outlived its Wedi and may still be writing its state. */
async function clearOrphan(directory: string, onProgress: (message: string) => void): Promise<void> {
  if (!existsSync(ownerPath(directory))) return
  const [pid, ...startedAt] = readFileSync(ownerPath(directory), 'utf8').split(' ')
  if (startTime(Number(pid)) !== startedAt.join(' ')) return
  onProgress(`Waiting for the development chain an earlier Wedi left behind (process ${pid})`)
  const [gentle, last] = stopSteps
  await endProcess(Number(pid), [{ ...gentle, waitMs: orphanWaitMs }, last])
}

async function ensureToken(client: ChainClient, directory: string): Promise<void> {
  if ((await client.getCode({ address: tokenAddress })) !== undefined) return
  if ((await client.getTransactionCount({ address: developer })) > 0) {
    throw new Error(`The development chain in ${directory} has no token at ${tokenAddress}; remove the directory.`)
  }
  const { contractAddress } = await sendAsDeveloper(client, { data: tokenBytecode() })
  if (contractAddress?.toLowerCase() !== tokenAddress.toLowerCase()) {
    throw new Error(`The development token came to ${contractAddress} instead of ${tokenAddress}.`)
  }
}

function tokenBytecode(): Hex {
  if (!isHex(artifact.bytecode)) throw new Error('The token artifact holds no bytecode.')
  return artifact.bytecode
}
