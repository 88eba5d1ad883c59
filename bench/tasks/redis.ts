import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

const READY = /Ready to accept connections/

export interface RedisServer {
  readonly port: number
  readonly version: string
  readonly pid: number
  stop(): Promise<void>
}

/** As durable as PostgreSQL: every write is on the disk before it is answered. Undefined when there is none on the PATH. */
export async function startRedis(directory: string): Promise<RedisServer | undefined> {
  const version = versionOf()
  if (version === undefined) return undefined
  const port = await freePort()
  const settings = { port, bind: '127.0.0.1', dir: directory, appendonly: 'yes', appendfsync: 'always', save: '' }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  await Promise.race([said(child.stdout, READY), ended.then(() => Promise.reject(new Error('redis-server ended')))])
  return {
    ...{ port, version, pid: child.pid ?? 0 },
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function versionOf(): string | undefined {
  try {
    return /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown'
  } catch {
    return undefined
  }
}

function said(output: NodeJS.ReadableStream, words: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let text = ''
    output.on('data', (chunk) => {
      text += chunk
      if (words.test(text)) resolve()
    })
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
