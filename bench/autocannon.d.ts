/** The part of autocannon 9 that load.ts uses; it ships no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  export interface Request {
    readonly method: 'GET' | 'POST'
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string
    /** What is told here reaches the requests that the same connection sends after it. */
    readonly onResponse?: (status: number, body: string, context: Record<string, string>) => void
    readonly setupRequest?: (request: Request, context: Record<string, string>) => Request
  }
  export interface Options {
    readonly url: string
    readonly connections: number
    /** Seconds. */
    readonly duration: number
    readonly requests: readonly Request[]
    /** Called with each connection before it sends anything. */
    readonly setupClient?: (client: Client) => void
  }
  export interface Client {
    setRequests(requests: readonly Request[]): void
  }
  export interface Result {
    readonly '2xx': number
    readonly non2xx: number
    readonly errors: number
    readonly timeouts: number
  }
  export default function autocannon(options: Options): PromiseLike<Result> & EventEmitter
}
