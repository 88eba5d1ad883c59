import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../server/src/main.ts', import.meta.url))

export interface Product {
  readonly address: string
  readonly pid: number
  /** From the spawn of the process to its `wedi ready`. */
  readonly readyMs: number
  stop(): Promise<void>
}

type Env = Readonly<Record<string, string>>

/** What `npm start` runs, on a directory of its own, without the demo. */
export async function startProduct(home: string, adminKey: string, own: Env = {}): Promise<Product> {
  const env = { ...process.env, ...own, WEDI_HOME: home, WEDI_ADMIN_KEY: adminKey, WEDI_DEMO: '0', PORT: '0' }
  const begun = performance.now()
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  const address = await Promise.race([readyLine(child.stdout), ended.then(() => undefined)])
  if (address === undefined) throw new Error('wedi ended before it was ready')
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
  }
  return { address, pid: child.pid ?? 0, readyMs: performance.now() - begun, stop }
}

/** Goes on reading after it: a full pipe would hold up whoever writes to it. */
function readyLine(output: Readable): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: output }).on('line', (line) => {
      const address = /^wedi ready (\S+)$/.exec(line)?.[1]
      if (address !== undefined) resolve(address)
    })
  })
}

/** The times of several starts on a directory that has been used before. */
export async function warmStarts(home: string, adminKey: string, times: number): Promise<number[]> {
  const readyMs: number[] = []
  for (let i = 0; i < times; i++) {
    const product = await startProduct(home, adminKey)
    readyMs.push(product.readyMs)
    await product.stop()
  }
  return readyMs
}
