import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What both servers are told; each in its own process, so that neither pays for the other's work or for the load's. */
export interface ServerSetup {
  readonly databaseUrl: string
  readonly masterKey: string
  readonly adminKey: string
  /** Whose agents are read, and with which key. */
  readonly reading: Tenant
  /** Whose agents are made. */
  readonly writing: Tenant
}

export interface Tenant {
  readonly organizationId: string
  readonly key: string
}

/** As many connections to the database for each. */
export const POOL_SIZE = 20

export interface Server {
  readonly url: string
  stop(): Promise<void>
}

/** Forks `wedi.ts` or `peer.ts`; with `profileTo`, its CPU profile is written there when it stops. */
export async function startServer(program: string, setup: ServerSetup, profileTo?: string): Promise<Server> {
  const path = fileURLToPath(new URL(program, import.meta.url))
  const execArgv = profileTo === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileTo}`]
  const child = fork(path, [JSON.stringify(setup)], { execArgv })
  const ended = once(child, 'exit')
  const said = await Promise.race([once(child, 'message'), ended])
  const [address] = said
  if (typeof address !== 'string') throw new Error(`${program} ended before it listened`)
  return {
    url: address,
    async stop() {
      child.disconnect()
      await ended
    },
  }
}

/** For the forked side: what it was told, how it says where it listens, and its end when the bench lets go. */
export const givenSetup = (): ServerSetup => JSON.parse(process.argv[2] ?? '')

export function ready(address: string): void {
  process.once('disconnect', () => process.exit(0))
  process.send?.(address)
}
