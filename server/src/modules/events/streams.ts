import { Readable } from 'node:stream'
import type { FeedEntry, LogFeed } from '#modules/decisions'
import type { Caller } from '#platform/caller'
import type { Logger } from '#platform/log'
import { invalid, Problem } from '#platform/problem'
import { type Follower, Followers } from './followers.ts'
import { eventProblems } from './problems.ts'
import { heartbeat, isWanted, serverSent, type Wanted } from './rules.ts'

const HEARTBEAT_MS = 15_000
/** In a process. A stream costs a socket and a page of events at most. */
const MAX_STREAMS = 2000
const MAX_STREAMS_OF_ONE = 100
/** How often keys are looked at again: with the cache of keys, a revoked one is heard of within two seconds. */
const CHECK_MS = 1000
/** Who takes nothing for so long is cut off, and goes on from the last id it got. */
const SLOW_MS = 5000
/** How long a browser waits before it comes back. */
const RETRY = 'retry: 1000\n\n'
const RETRY_AFTER_SECONDS = 5

interface Needs {
  readonly feed: Pick<LogFeed, 'size' | 'sizes' | 'page'>
  readonly log: Logger
  /** Throws when the key is none any more. */
  readonly authenticate: (
    authorization: string | undefined,
    options: { fresh: boolean; address: string },
  ) => Promise<Caller>
}

export interface StreamRequest {
  readonly caller: Caller
  readonly authorization: string | undefined
  /** Where the request comes from. */
  readonly address: string
  readonly wanted: Wanted
  /** The place behind which it begins; undefined for now. */
  readonly after: number | undefined
}

interface EventBytes {
  readonly bytes: Readable
  leave(): void
}

interface Open {
  readonly organizationId: string
  readonly authorization: string | undefined
  readonly address: string
  readonly end: AbortController
  readonly bytes: Readable
  /** When the reader left what it was given; undefined while it is waited for nothing. */
  stuckSince: number | undefined
}

export type EventStreams = ReturnType<typeof eventStreams>

/** The decision log of an organisation as a stream without end, for as long as the key that asked for it is one. */
export function eventStreams({ feed, log, authenticate }: Needs) {
  const followers = new Followers({ feed, log })
  const open = new Set<Open>()
  let checking: NodeJS.Timeout | undefined
  let isClosed = false

  function requireRoom({ organizationId }: Caller): void {
    const own = [...open].filter((each) => each.organizationId === organizationId).length
    if (!isClosed && open.size < MAX_STREAMS && own < MAX_STREAMS_OF_ONE) return
    throw new Problem(eventProblems.tooManyStreams, { members: { retryAfterSeconds: RETRY_AFTER_SECONDS } })
  }

  function remove(stream: Open): void {
    open.delete(stream)
    if (open.size > 0) return
    clearInterval(checking)
    checking = undefined
  }

  /** In good order, or at once where the reader does not take what it was given. */
  function finish({ end, bytes, stuckSince }: Open): void {
    end.abort()
    if (stuckSince !== undefined) bytes.destroy()
  }

  /** Ends the streams of keys that are none any more, and those nobody reads. Not knowing is no reason to go on. */
  async function check(): Promise<void> {
    const longAgo = performance.now() - SLOW_MS
    for (const { bytes, stuckSince = longAgo } of open) if (stuckSince < longAgo) bytes.destroy()
    const byKey = Map.groupBy(open, ({ authorization }) => authorization)
    const asked = [...byKey].map(async ([authorization, streams]) => {
      const [{ address } = { address: '' }] = streams
      const isKey = await authenticate(authorization, { fresh: false, address }).then(
        () => true,
        () => false,
      )
      if (!isKey) streams.forEach(finish)
    })
    await Promise.all(asked)
  }

  async function* events(stream: () => Open, follower: Follower, from: number, wanted: Wanted) {
    const { signal } = stream().end
    let position = from
    let text: string = RETRY
    for (let saidAt = performance.now(); !signal.aborted; ) {
      if (text !== '') {
        stream().stuckSince = performance.now()
        yield text
        stream().stuckSince = undefined
        saidAt = performance.now()
      }
      const ms = Math.max(0, saidAt + HEARTBEAT_MS - performance.now())
      const page: readonly FeedEntry[] = await follower.read(position, { ms, signal })
      position = (page.at(-1)?.leafIndex ?? position - 1) + 1
      text = page
        .filter((entry) => isWanted(entry, wanted))
        .map(serverSent)
        .join('')
      if (text === '' && performance.now() >= saidAt + HEARTBEAT_MS) text = heartbeat(position)
    }
  }

  return {
    /** Called when an organisation's log has grown. */
    wake: (organizationId: string) => followers.wake(organizationId),

    /** `leave` is for when nobody listens any more: the bytes themselves only hear of it with what they wait for. */
    async open({ caller, authorization, address, wanted, after }: StreamRequest): Promise<EventBytes> {
      const { organizationId } = caller
      requireRoom(caller)
      const size = await feed.size(organizationId)
      if (after !== undefined && after >= size)
        throw invalid({ path: '/querystring/after', message: 'is not in the log yet' })
      // Others may have come meanwhile.
      requireRoom(caller)
      const follower = followers.follow(organizationId, size)
      const from = after === undefined ? size : after + 1
      const end = new AbortController()
      const bytes = Readable.from(
        events(() => stream, follower, from, wanted),
        { objectMode: false },
      )
      const stream: Open = { organizationId, authorization, address, end, bytes, stuckSince: undefined }
      open.add(stream)
      bytes.once('close', () => {
        end.abort()
        follower.leave()
        remove(stream)
      })
      checking ??= setInterval(() => void check(), CHECK_MS).unref()
      return { bytes, leave: () => end.abort() }
    },

    /** Ends all streams in good order; a client goes on with another process, or with this one when it is back. */
    close(): void {
      isClosed = true
      for (const stream of open) finish(stream)
    },
  }
}
