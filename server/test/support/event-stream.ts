import type { Client } from './client.ts'
import { until } from './until.ts'

export interface SeenEvent {
  readonly id: string
  readonly event: string
  readonly data: Readonly<Record<string, unknown>> & { id: string; type: string; leafIndex: string }
}

/** A stream of events as a client of it sees it. */
export interface EventStream {
  readonly status: number
  readonly headers: Headers
  readonly events: SeenEvent[]
  /** The last id there was, also one without an event. */
  lastId(): string | undefined
  readonly isEnded: () => boolean
  close(): Promise<void>
}

/** Opens a stream and reads it until it ends or is closed. */
export async function openStream(
  client: Client,
  query = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const end = new AbortController()
  const response = await fetch(`${client.url}/v1/events${query}`, {
    headers: { authorization: `Bearer ${client.key}`, ...headers },
    signal: end.signal,
  })
  const events: SeenEvent[] = []
  let lastId: string | undefined
  let isEnded = false
  const take = (block: string): void => {
    const fields = new Map(
      block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
    )
    lastId = fields.get('id') ?? lastId
    const data = fields.get('data')
    if (data !== undefined) events.push({ id: lastId ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) })
  }
  const reading = read(response, take).finally(() => {
    isEnded = true
  })
  return {
    ...{ status: response.status, headers: response.headers, events },
    lastId: () => lastId,
    isEnded: () => isEnded,
    async close() {
      end.abort()
      await reading
    },
  }
}

async function read({ body }: Response, take: (block: string) => void): Promise<void> {
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const bytes of body ?? []) {
      text += decoder.decode(bytes as Uint8Array, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) take(block)
    }
  } catch {
    // Cut off by either side: what there was, was taken.
  }
}

/** The events of a stream once there are so many. */
export const eventsOf = (stream: EventStream, count: number): Promise<SeenEvent[]> =>
  until(`there are ${count} events`, async () => stream.events.length >= count && stream.events, {
    last: () => stream.events.map(({ event }) => event),
  })
