/** What a body may hold when a test does not say what it expects. */
export type AnyBody = Readonly<Record<string, unknown>>

export interface Reply<Body = AnyBody> {
  readonly status: number
  /** Parsed JSON; undefined when there was none. */
  readonly body: Body
  readonly text: string
  readonly headers: Headers
}

export type SentHeaders = Readonly<Record<string, string>>

/** Speaks HTTP with one key, and judges nothing: a refusal is an answer like any other. */
export class Client {
  readonly url: string
  readonly key: string | undefined

  constructor(url: string, key?: string) {
    this.url = url
    this.key = key
  }

  as(key: string | undefined): Client {
    return new Client(this.url, key)
  }

  get = <Body = AnyBody>(path: string, headers: SentHeaders = {}) => this.request<Body>('GET', path, undefined, headers)
  post = <Body = AnyBody>(path: string, body?: unknown, headers: SentHeaders = {}) =>
    this.request<Body>('POST', path, body, headers)
  put = <Body = AnyBody>(path: string, body?: unknown, headers: SentHeaders = {}) =>
    this.request<Body>('PUT', path, body, headers)
  patch = <Body = AnyBody>(path: string, body?: unknown, headers: SentHeaders = {}) =>
    this.request<Body>('PATCH', path, body, headers)
  delete = <Body = AnyBody>(path: string, headers: SentHeaders = {}) =>
    this.request<Body>('DELETE', path, undefined, headers)

  request<Body = AnyBody>(
    method: string,
    path: string,
    body?: unknown,
    headers: SentHeaders = {},
  ): Promise<Reply<Body>> {
    if (body === undefined) return this.send<Body>(method, path, undefined, headers)
    return this.send<Body>(method, path, JSON.stringify(body), { 'content-type': 'application/json', ...headers })
  }

  /** The body exactly as given. */
  async send<Body = AnyBody>(
    method: string,
    path: string,
    text: string | undefined,
    headers: SentHeaders = {},
  ): Promise<Reply<Body>> {
    const authorization = this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...authorization, ...headers },
      ...(text === undefined ? {} : { body: text }),
    })
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
    const answer = await (isStream ? beginningOf(response) : response.text())
    const isJson = /json/.test(response.headers.get('content-type') ?? '') && answer !== ''
    return {
      status: response.status,
      body: (isJson ? JSON.parse(answer) : undefined) as Body,
      text: answer,
      headers: response.headers,
    }
  }
}

/** A stream of events has no end: what it says first, and no more. */
async function beginningOf({ body }: Response): Promise<string> {
  const reader = body?.getReader()
  const first = await reader?.read()
  await reader?.cancel()
  return Buffer.from(first?.value ?? []).toString()
}

/** The body of a success; anything else fails the test and shows what the server said. */
export async function expectOk<Body>(sent: Promise<Reply<Body>>): Promise<Body> {
  const reply = await sent
  if (reply.status >= 300) throw new Error(`expected a success, got ${reply.status}: ${reply.text}`)
  return reply.body
}
