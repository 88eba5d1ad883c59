import type { paths } from '../generated/api.ts'

/** What calls take and answer, read from the types made of openapi.json. */

export type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'

/** The paths that have this method. */
export type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never
}[keyof paths]

type Operation<M extends Method, P extends keyof paths> = paths[P] extends Record<M, infer O> ? O : never
type InPath<O> = O extends { parameters: { path: infer T extends object } } ? T : unknown
type InQuery<O> = O extends { parameters: { query?: infer T } }
  ? [T] extends [undefined]
    ? unknown
    : NonNullable<T>
  : unknown
type InBody<O> = O extends { requestBody: { content: { 'application/json': infer T } } }
  ? T extends Record<string, never>
    ? unknown // a body without fields
    : T
  : unknown

/** Everything a call takes, by name: parts of the path, of the query and of the body are in one object. */
export type Input<M extends Method, P extends keyof paths> = object &
  InPath<Operation<M, P>> &
  InQuery<Operation<M, P>> &
  InBody<Operation<M, P>>

/** An object that must be given when something in it must. */
export type Arguments<M extends Method, P extends keyof paths> =
  Record<never, never> extends Input<M, P>
    ? [input?: Input<M, P>, options?: CallOptions]
    : [input: Input<M, P>, options?: CallOptions]

type Contents<O> = O extends { responses: infer R }
  ? {
      [S in keyof R]: R[S] extends { content: infer C } ? (C[keyof C] extends infer T ? [keyof C, T] : never) : never
    }[keyof R]
  : never
type Read<C> = C extends [infer Type, infer T]
  ? Type extends 'application/json'
    ? T
    : Type extends `text/plain${string}`
      ? string
      : Response
  : never

/** JSON as its value, plain text as a string, anything else (an archive, a stream) as the response itself. */
export type Reply<M extends Method, P extends keyof paths> = Read<Contents<Operation<M, P>>>

/** The paths that list something, and one of what each lists. */
export type ListPath = {
  [P in PathWith<'get'>]: Reply<'get', P> extends { data: unknown[]; nextCursor: string | null } ? P : never
}[PathWith<'get'>]
export type Item<P extends ListPath> = Reply<'get', P> extends { data: (infer T)[] } ? T : never

export interface CallOptions {
  /** Ends the call, and the waiting between its tries. */
  readonly signal?: AbortSignal | undefined
  /** Of one try. */
  readonly timeoutMs?: number
  /** For how long it is tried again; 0: never. */
  readonly retryForMs?: number
  /** Your own, for a call that must count once across runs of your program; otherwise one is made for each call. */
  readonly idempotencyKey?: string
  /** Only if the resource is still this one: its `revision`. */
  readonly ifMatch?: number
  /** The call may be sent twice, for the server tells a repetition by something in it. */
  readonly isRepeatable?: boolean
}

export type Agent = Reply<'get', '/v1/agents/{agentId}'>
export type Wallet = Reply<'get', '/v1/wallets/{walletId}'>
export type Capability = Reply<'get', '/v1/agents/{agentId}/capability'>
export type Task = Reply<'get', '/v1/tasks/{taskId}'>
export type Payment = Reply<'get', '/v1/payments/{paymentId}'>
export type Approval = Reply<'get', '/v1/approvals/{approvalId}'>
export type Decision = Reply<'get', '/v1/decisions/{decisionId}'>
