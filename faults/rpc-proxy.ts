import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Hex, keccak256 } from 'viem'
import type { Random } from './random.ts'
import {
  appliesTo,
  type RpcAnswer,
  type RpcFaultName,
  type RpcReaction,
  type RpcRequest,
  rpcFault,
} from './rpc-faults.ts'

export interface Weather {
  readonly random: Random
  readonly faults: readonly RpcFaultName[]
  /** Of a hundred requests that a fault applies to, how many meet one. */
  readonly percent: number
}

export interface RpcProxy {
  /** For whoever is to suffer. */
  readonly url: string
  /** The same chain without faults, for the outside world: what is sent here is remembered as well. */
  readonly plainUrl: string
  /** The bytes of a transaction that came through. */
  rawOf(hash: string): Hex | undefined
  /** Fine weather without one. */
  setWeather(weather?: Weather): void
  /** Where the chain is from now on; without one it cannot be reached. */
  lead(target?: string): void
  close(): Promise<void>
}

const FORWARD_TIMEOUT_MS = 8000

/** Stands between Wedi and a chain's node and spoils what passes, by the weather's seed. `onFault` counts. */
export async function startRpcProxy(
  chainUrl: string,
  onFault: (name: RpcFaultName | 'rpc: batch in another order') => void,
): Promise<RpcProxy> {
  let target: string | undefined = chainUrl
  let weather: Weather | undefined
  const raws = new Map<string, Hex>()

  async function forward(request: RpcRequest): Promise<RpcAnswer> {
    if (target === undefined) throw new Error('the chain cannot be reached')
    if (request.method === 'eth_sendRawTransaction') {
      const raw = request.params?.[0] as Hex
      raws.set(keccak256(raw), raw)
    }
    const response = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(FORWARD_TIMEOUT_MS),
    })
    return (await response.json()) as RpcAnswer
  }

  async function react(request: RpcRequest, isPlain: boolean): Promise<RpcReaction> {
    const now = weather
    const possible = isPlain || !now ? [] : now.faults.filter((name) => appliesTo(name, request))
    if (now && possible.length > 0 && now.random.chance(now.percent / 100)) {
      const name = now.random.pick(possible)
      onFault(name)
      return rpcFault(name).act(request, { forward, pause, random: now.random })
    }
    return { kind: 'answer', body: await forward(request) }
  }

  /** Several in one request: each meets its own fault, which spoils the whole answer or its part of it. */
  async function reactToAll(requests: readonly RpcRequest[], isPlain: boolean): Promise<RpcReaction> {
    const reactions = await Promise.all(requests.map((request) => react(request, isPlain)))
    const spoiled = reactions.find(({ kind }) => kind !== 'answer')
    const now = isPlain ? undefined : weather
    if (spoiled && now?.random.chance(0.5)) return spoiled
    const parts = reactions.flatMap((reaction, at) => partOf(reaction, requests[at] as RpcRequest))
    if (!now?.random.chance(now.percent / 100)) return { kind: 'answer', body: parts }
    onFault('rpc: batch in another order')
    return { kind: 'answer', body: parts.reverse() }
  }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const asked = JSON.parse(await textOf(incoming)) as RpcRequest | RpcRequest[]
      const isPlain = incoming.url === '/plain'
      give(response, await (Array.isArray(asked) ? reactToAll(asked, isPlain) : react(asked, isPlain)))
    } catch {
      // Whatever kept us from the chain looks to the other side like a connection that broke.
      response.destroy()
    }
  }

  const server = createServer((incoming, response) => void serve(incoming, response))
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    plainUrl: `${url}/plain`,
    rawOf: (hash) => raws.get(hash),
    setWeather: (next) => {
      weather = next
    },
    lead: (next) => {
      target = next
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** What a spoiled answer is in a batch: a part that is missing, an error of its own, or something that is no result. */
function partOf(reaction: RpcReaction, { id }: RpcRequest): RpcAnswer[] {
  if (reaction.kind === 'answer') return [reaction.body as RpcAnswer]
  if (reaction.kind === 'reset') return []
  if (reaction.kind === 'garbage') return [{ jsonrpc: '2.0', id, result: 'garbage' }]
  const code = reaction.status === 429 ? -32005 : -32603
  return [{ jsonrpc: '2.0', id, error: { code, message: `status ${reaction.status}` } }]
}

function give(response: ServerResponse, reaction: RpcReaction): void {
  if (reaction.kind === 'reset') response.destroy()
  else if (reaction.kind === 'status') response.writeHead(reaction.status).end()
  else {
    const text = reaction.kind === 'garbage' ? '{"jsonrpc":"2.0","id":' : JSON.stringify(reaction.body)
    response.writeHead(200, { 'content-type': 'application/json' }).end(text)
  }
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
