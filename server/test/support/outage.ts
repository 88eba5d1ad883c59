import { connect, createServer, type Socket } from 'node:net'

export interface Outage {
  /** Leads to the database as long as the way is open. */
  readonly url: string
  /** Cuts every connection; new ones are refused. */
  cut(): Promise<void>
  /** Opens the way again, at the same address. */
  mend(): Promise<void>
  /** New connections go to this server: the one there was came up again at another port. */
  lead(databaseUrl: string): void
  close(): Promise<void>
}

/** A way to the database that can be cut, as a network or a server that is gone would. */
export async function wayTo(databaseUrl: string): Promise<Outage> {
  let target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('close', () => {
        sockets.delete(socket)
        near.destroy()
        far.destroy()
      })
      socket.on('error', () => socket.destroy())
    }
    near.pipe(far).pipe(near)
  })
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
  const port = await listen(0)
  const url = new URL(databaseUrl)
  url.port = String(port)
  async function cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  return {
    url: url.href,
    cut,
    mend: async () => void (await listen(port)),
    lead: (other) => {
      target = new URL(other)
    },
    close: async () => (server.listening ? cut() : undefined),
  }
}
