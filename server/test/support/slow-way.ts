import { connect, createServer, type Socket } from 'node:net'

export interface SlowWay {
  /** Leads to the database. */
  readonly url: string
  /** The next of these statements that anybody sends is held up, and whatever its connection sends behind it. */
  holdNext(...statements: readonly string[]): { readonly reached: Promise<void>; release(): void }
  close(): Promise<void>
}

interface Waited {
  readonly names: readonly Buffer[]
  readonly reached: () => void
  readonly released: Promise<void>
}

/** A way to the database on which one statement takes as long as a test wants, while all others go on. */
export async function slowWayTo(databaseUrl: string): Promise<SlowWay> {
  const target = new URL(databaseUrl)
  let next: Waited | undefined
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
    }
    far.pipe(near)
    near.on('data', (chunk: Buffer) => {
      const waited = next
      if (!waited?.names.some((name) => chunk.includes(name))) return void far.write(chunk)
      next = undefined
      near.pause()
      waited.reached()
      void waited.released.then(() => {
        far.write(chunk)
        near.resume()
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.port = String((server.address() as { port: number }).port)
  return {
    url: url.href,
    holdNext(...statements) {
      const [{ promise: reached, resolve: reach }, { promise: released, resolve: release }] = [
        Promise.withResolvers<void>(),
        Promise.withResolvers<void>(),
      ]
      // The name of a prepared statement ends with a zero on the wire: `tasks.lock` is not `tasks.lockMany`.
      next = { names: statements.map((name) => Buffer.from(`${name}\0`)), reached: reach, released }
      return { reached, release }
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
