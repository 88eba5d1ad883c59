import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@wedi/database/migrate'
import type { TestProject } from 'vitest/node'
import { startEmbeddedChain } from '../../src/embedded/chain.ts'
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { readSightings } from './sightings.ts'
import { faultsOf } from './unseen.ts'

/** One PostgreSQL and one chain for the whole run. What a test does must not depend on what others do to them. */
export interface TestInfrastructure {
  /** A migrated database that nobody connects to: each app works on a copy of it. */
  readonly templateUrl: string
  readonly chain: { readonly chain: 'eip155:31337'; readonly rpcUrl: string; readonly token: `0x${string}` }
  /** Where the workers write down what the apps answered. */
  readonly sightings: string
}

declare module 'vitest' {
  interface ProvidedContext {
    infrastructure: TestInfrastructure
  }
}

/** A lost database of a test is no loss, so nothing waits for the disk. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' }

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'wedi-test-'))
  const [postgres, chain] = await Promise.all([
    startEmbeddedPostgres({ directory: join(directory, 'postgres'), database: 'wedi_template', settings: FAST }),
    startEmbeddedChain({ directory: join(directory, 'chain') }),
  ])
  await migrate(postgres.url)
  const sightings = mkdtempSync(join(tmpdir(), 'wedi-sightings-'))
  const { chain: id, rpcUrl, token } = chain
  project.provide('infrastructure', { templateUrl: postgres.url, chain: { chain: id, rpcUrl, token }, sightings })
  return async () => {
    await Promise.all([postgres.stop(), chain.stop()])
    const faults = process.env.WEDI_ROUTE_COVERAGE === '1' ? faultsOf(readSightings(sightings)) : []
    for (const path of [directory, sightings]) rmSync(path, { recursive: true, force: true, maxRetries: 5 })
    if (faults.length > 0) throw new Error(`The tests did not see what the API documents:\n${faults.join('\n')}`)
  }
}
