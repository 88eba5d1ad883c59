import { createServer, type Server } from 'node:http'

export interface WayToNode {
  readonly url: string
  /** Says this instead of the node, to every question of a method; the node's own word again without it. */
  answerWith(method: string, result: string | undefined): void
  /** Refuses questions of a method, as a node does that is asked for too much; none without a rule. */
  refuse(method: string, isRefused?: (params: unknown[]) => boolean): void
  /** How many questions of a method came in, and how many waited for an answer at the same time. */
  asked(method: string): { readonly count: number; readonly most: number }
  /** Answers nothing until it is mended. */
  cut(): void
  mend(): void
  stop(): Promise<void>
}

interface Question {
  readonly id: number
  readonly method: string
  readonly params: unknown[]
}

/** A way to a node that lies about some things, refuses others, or says nothing. */
export async function wayToNode(target: string): Promise<WayToNode> {
  const answers = new Map<string, string>()
  const refusals = new Map<string, (params: unknown[]) => boolean>()
  const counted = new Map<string, { count: number; waiting: number; most: number }>()
  let isCut = false

  function count(questions: readonly Question[], by: 1 | -1): void {
    for (const { method } of questions) {
      const { count: before, waiting, most } = counted.get(method) ?? { count: 0, waiting: 0, most: 0 }
      const now = { count: by === 1 ? before + 1 : before, waiting: waiting + by }
      counted.set(method, { ...now, most: Math.max(most, now.waiting) })
    }
  }

  function wordTo({ id, method, params }: Question, said: object | undefined): object {
    const result = answers.get(method)
    if (result !== undefined) return { jsonrpc: '2.0', id, result }
    if (refusals.get(method)?.(params)) return { jsonrpc: '2.0', id, error: { code: -32005, message: 'too much' } }
    return said ?? {}
  }

  const server: Server = createServer(async (request, response) => {
    if (isCut) return void request.socket.destroy()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const headers = { 'content-type': 'application/json' }
    // One call, or several in one request.
    const questions = [JSON.parse(body)].flat() as Question[]
    count(questions, 1)
    const reply = await fetch(target, { method: 'POST', headers, body })
    const said = [await reply.json()].flat() as { id: number }[]
    const changed = questions.map((each) =>
      wordTo(
        each,
        said.find(({ id }) => id === each.id),
      ),
    )
    count(questions, -1)
    response.writeHead(200, headers).end(JSON.stringify(body.startsWith('[') ? changed : changed[0]))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    answerWith: (method, result) => void (result === undefined ? answers.delete(method) : answers.set(method, result)),
    refuse: (method, isRefused) =>
      void (isRefused === undefined ? refusals.delete(method) : refusals.set(method, isRefused)),
    asked: (method) => counted.get(method) ?? { count: 0, most: 0 },
    cut: () => {
      isCut = true
    },
    mend: () => {
      isCut = false
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
