import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../server/src/embedded/process.ts'
import { type FakeEngine, newEngineState, startFakeEngine } from '../server/test/support/fake-engine.ts'
import { type FaultyChain, startFaultyChain } from './chain.ts'
import { type DatabaseServer, startDatabase } from './database.ts'

/** What stays between seeds: a PostgreSQL and a chain. */
export interface World {
  readonly directory: string
  readonly database: DatabaseServer
  readonly chain: FaultyChain
  stop(): Promise<void>
}

export async function startWorld(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'wedi-faults-'))
  const [database, chain] = await Promise.all([
    startDatabase(join(directory, 'postgres')),
    startFaultyChain(join(directory, 'chain')),
  ])
  return {
    ...{ directory, database, chain },
    async stop() {
      await Promise.all([database.stop(), chain.stop()])
      rmSync(directory, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 })
    },
  }
}

/** A fake Engine that can go away and come back with what it knew. */
export interface EngineHouse {
  readonly engine: FakeEngine
  stop(): Promise<void>
  start(): Promise<void>
}

export async function startEngineHouse(rpcUrl: string): Promise<EngineHouse> {
  const state = newEngineState()
  const options = { rpcUrl, state, port: await freePort(), token: 'an-engine-token-of-the-faults' }
  let engine: FakeEngine | undefined = await startFakeEngine(options)
  let last = engine
  return {
    get engine() {
      return last
    },
    async stop() {
      await engine?.stop()
      engine = undefined
    },
    async start() {
      if (engine) return
      engine = await startFakeEngine(options)
      last = engine
    },
  }
}
