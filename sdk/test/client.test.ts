import { afterAll, beforeAll, expect, it } from 'vitest'
import { closeAll, type Wedi as Server, startWedi } from '../../server/test/journeys/process.ts'
import { until } from '../../server/test/support/until.ts'
import { newProject, type Project } from './support/package.ts'

type Sdk = Awaited<ReturnType<Project['load']>>
type Fetch = typeof globalThis.fetch

let project: Project
let sdk: Sdk
let server: Server
beforeAll(async () => {
  project = await newProject()
  sdk = await project.load()
  server = await startWedi()
}, 240_000)
afterAll(async () => {
  await closeAll()
  project.remove()
})

const wedi = (options: { key?: string; fetch?: Fetch; timeoutMs?: number; retryForMs?: number } = {}) =>
  new sdk.Wedi({ url: server.url, key: server.key, ...options })

/** The network as far as it is in our hands: what the first calls meet in place of it. */
function network(...troubles: ((...call: Parameters<Fetch>) => Promise<Response>)[]) {
  const sent: { readonly method: string; readonly path: string; readonly key: string | null }[] = []
  const send: Fetch = (input, init) => {
    const { method = 'GET', headers } = init ?? {}
    const path = new URL(String(input)).pathname
    sent.push({ method, path, key: new Headers(headers).get('idempotency-key') })
    return (troubles.shift() ?? fetch)(input, init)
  }
  return { sent, fetch: send }
}

/** The server did what it was asked, and its answer never arrives. */
const loses: Fetch = async (...call) => {
  await fetch(...call)
  throw new TypeError('fetch failed')
}
const answers =
  (status: number, headers: Record<string, string> = {}) =>
  async () =>
    new Response('<h1>Not now</h1>', { status, headers })

/** Rejects with what the call failed with. */
const failed = (call: Promise<unknown>) =>
  call.then(
    () => expect.unreachable('it did not fail'),
    (error: unknown) => error,
  )

/** The agent once it has its wallet, which changes it. */
const active = (agentId: string) =>
  until('the agent is active', async () => {
    const agent = await wedi().get('/v1/agents/{agentId}', { agentId })
    return agent.status === 'ACTIVE' && agent
  })

const named = async (label: string) => {
  const found = []
  for await (const agent of wedi().list('/v1/agents', { label, limit: 2 })) found.push(agent.name)
  return found.toSorted()
}

it('reads a list to its end, page after page', async () => {
  const names = ['a', 'b', 'c', 'd', 'e']
  for (const name of names) await wedi().post('/v1/agents', { name, labels: ['listed'] })
  expect(await named('listed')).toEqual(names)
})

it('a call whose answer is lost is sent again with the same key, and counts once', async () => {
  const { sent, fetch } = network(loses, answers(503), answers(502))
  const agent = await wedi({ fetch }).post('/v1/agents', { name: 'once', labels: ['lost'] })
  expect(sent).toHaveLength(4)
  expect(new Set(sent.map(({ key }) => key)).size).toBe(1)
  expect(await named('lost')).toEqual(['once'])
  expect(await wedi().get('/v1/agents/{agentId}', { agentId: agent.id })).toMatchObject({ name: 'once' })
})

it('each call has a key of its own, unless it is given one', async () => {
  const { sent, fetch } = network()
  const client = wedi({ fetch })
  const body = { name: 'given', labels: ['given'] }
  const [first, second] = [
    await client.post('/v1/agents', body, { idempotencyKey: 'the same' }),
    await client.post('/v1/agents', body, { idempotencyKey: 'the same' }),
  ]
  expect(second.id).toBe(first.id)
  await client.post('/v1/agents', body)
  await client.post('/v1/agents', body)
  expect(new Set(sent.map(({ key }) => key)).size).toBe(3)
  expect(await named('given')).toHaveLength(3)
})

it('what would count twice is not sent twice', async () => {
  const { id: agentId } = await wedi().post('/v1/agents', { name: 'paused' })
  await active(agentId)
  const { sent, fetch } = network(loses)
  const error = await failed(wedi({ fetch }).post('/v1/agents/{agentId}/pause', { agentId }))
  expect(error).toBeInstanceOf(sdk.WediError)
  expect(error).toMatchObject({ status: 0, code: 'network.unreachable', cause: { message: 'fetch failed' } })
  expect(sent).toHaveLength(1)
})

it('what was refused for its rate is sent again, whatever it is', async () => {
  const { id: agentId } = await wedi().post('/v1/agents', { name: 'patched' })
  const { sent, fetch } = network(answers(429, { 'retry-after': '0' }), answers(429))
  const client = wedi({ fetch })
  expect(await client.patch('/v1/agents/{agentId}', { agentId, name: 'changed' })).toMatchObject({ name: 'changed' })
  expect(sent).toHaveLength(3)
})

it('gives up when its time is over, or the server asks for more of it', async () => {
  const { sent, fetch } = network(answers(503, { 'retry-after': '60' }))
  const error = await failed(wedi({ fetch, retryForMs: 5_000 }).get('/v1/chains'))
  expect(error).toMatchObject({ status: 503, code: 'http.503', retryAfterMs: 60_000 })
  expect(sent).toHaveLength(1)
})

it('a try that takes too long is one that failed', async () => {
  const silent: Fetch = (_, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
  const { sent, fetch } = network(silent)
  expect(await wedi({ fetch, timeoutMs: 200 }).get('/v1/chains')).toHaveLength(1)
  expect(sent).toHaveLength(2)
  const late = failed(wedi({ fetch: silent, timeoutMs: 50, retryForMs: 0 }).get('/v1/chains'))
  expect(await late).toMatchObject({ status: 0, code: 'network.timeout' })
})

it('the signal of a call ends it, also while it waits for its next try', async () => {
  const signal = AbortSignal.timeout(50)
  const { sent, fetch } = network(answers(503, { 'retry-after': '20' }))
  expect(await failed(wedi({ fetch }).get('/v1/chains', {}, { signal }))).toBe(signal.reason)
  expect(sent).toHaveLength(1)
})

it('says of a refusal what the server said', async () => {
  const invalid = await failed(wedi().post('/v1/tasks', { type: 'Not a type', payload: {} }))
  expect(invalid).toBeInstanceOf(sdk.WediError)
  expect(invalid).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ path: '/type' }] })
  expect(invalid).toMatchObject({ requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  const { key } = server
  const stranger = { key: `${key.slice(0, -1)}${key.endsWith('x') ? 'y' : 'x'}` }
  expect(await failed(wedi(stranger).get('/v1/chains'))).toMatchObject({ status: 401, code: 'request.unauthenticated' })
})

it('changes a resource only if it is still the one that was read', async () => {
  const { id: agentId } = await wedi().post('/v1/agents', { name: 'revised' })
  const { revision } = await active(agentId)
  const rename = (name: string) => wedi().patch('/v1/agents/{agentId}', { agentId, name }, { ifMatch: revision })
  expect(await rename('first')).toMatchObject({ name: 'first' })
  expect(await failed(rename('second'))).toMatchObject({ status: 412, code: 'request.stale' })
})

it('a name in a path cannot lead elsewhere', async () => {
  const { sent, fetch } = network()
  const client = wedi({ fetch })
  for (const agentId of ['..', '.', '']) {
    expect(await failed(client.get('/v1/agents/{agentId}', { agentId }))).toBeInstanceOf(TypeError)
  }
  expect(sent).toEqual([])
  expect(await failed(client.get('/v1/agents/{agentId}', { agentId: 'a/../b?c' }))).toMatchObject({ status: 400 })
  expect(sent).toMatchObject([{ path: '/v1/agents/a%2F..%2Fb%3Fc' }])
})

it('gives text as text, and an archive as the response to be read', async () => {
  expect(await wedi().get('/v1/log/key')).toMatch(/^wedi/)
  const archive = await until('the log has a checkpoint', () => wedi().get('/v1/log/export').catch(unlessBehind))
  expect(archive.headers.get('content-type')).toMatch(/x-tar/)
  expect((await archive.arrayBuffer()).byteLength).toBeGreaterThan(512)
})

function unlessBehind(error: unknown): undefined {
  if (!(error instanceof sdk.WediError && error.code === 'log.behind')) throw error
}
