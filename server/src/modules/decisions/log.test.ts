import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { type Client, expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { anAgent, anOrganization, asAgent, unique } from '../../../test/support/factories.ts'
import { until } from '../../../test/support/until.ts'
import { parseCheckpoint } from './tree/checkpoint.ts'
import { leafHash, rootFromInclusion } from './tree/merkle.ts'

/** The log as anyone sees it over HTTP: what is recorded can be proven to whoever holds the key. */

interface DecisionView {
  id: string
  type: string
  leaf: string
  leafHash: string
  leafIndex: string | null
  inputs: Record<string, unknown>
  redacted: string[]
}

let app: TestApp
beforeAll(async () => {
  app = await startApp()
})
afterAll(() => app.stop())

/** Adds decisions of an agent, and waits until all are in the tree. */
async function aLog(
  count: number,
): Promise<{ client: Client; id: string; agentId: string; decisions: DecisionView[] }> {
  const { admin: client, id } = await anOrganization(app)
  const agent = await anAgent(client)
  for (let left = count; left > 0; left -= 1000) {
    const decisions = Array.from({ length: Math.min(left, 1000) }, (_, n) => ({
      inputs: { n: String(left - n), why: 'so' },
    }))
    await expectOk(client.post(`/v1/agents/${agent.id}/decisions`, { decisions }))
  }
  await integrated(client)
  return { client, id, agentId: agent.id, decisions: await all(client, `agentId=${agent.id}&type=agent.decided`) }
}

const integrated = (client: Client) =>
  until('everything is in the tree', async () => {
    const { data } = await expectOk(client.get<{ data: DecisionView[] }>('/v1/decisions?limit=200'))
    return data.every(({ leafIndex }) => leafIndex !== null)
  })

async function all(client: Client, query: string): Promise<DecisionView[]> {
  const shown: DecisionView[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { data: DecisionView[]; nextCursor: string | null } = await expectOk(
      client.get(`/v1/decisions?limit=200&${query}${cursor === '' ? '' : `&cursor=${cursor}`}`),
    )
    shown.push(...page.data)
    cursor = page.nextCursor
  }
  return shown
}

async function headOf(client: Client) {
  const { text, headers } = await client.get('/v1/log/checkpoint')
  const head = parseCheckpoint(text)
  if (!head) throw new Error(`not a checkpoint: ${text}`)
  return { ...head, text, headers }
}

/** What a receipt says, read as C2SP writes it. */
function readReceipt(text: string) {
  const [head = '', checkpoint = ''] = [text.slice(0, text.indexOf('\n\n')), text.slice(text.indexOf('\n\n') + 2)]
  const [format, index = '', ...proof] = head.split('\n')
  return {
    ...{ format, checkpoint, index: Number(index.replace('index ', '')) },
    proof: proof.map((each) => Buffer.from(each, 'base64')),
    ...(parseCheckpoint(checkpoint) as { size: number; root: Buffer; origin: string }),
  }
}

function expectProven(receipt: string, { leaf, leafIndex }: Pick<DecisionView, 'leaf' | 'leafIndex'>): void {
  const { format, root, ...at } = readReceipt(receipt)
  expect([format, String(at.index)]).toEqual(['c2sp.org/tlog-proof@v1', leafIndex])
  expect(rootFromInclusion(leafHash(leaf), at)).toEqual(root)
}

describe('a recorded decision', () => {
  it('gets a place, and a receipt under a checkpoint that is signed', async () => {
    const { client, id, decisions } = await aLog(600)
    const head = await headOf(client)
    expect(head.origin).toBe(`wedi.test/log/${id}`)
    expect(head.size).toBeGreaterThanOrEqual(600)
    expect(new Set(decisions.map(({ leafIndex }) => leafIndex)).size).toBe(600)
    for (const decision of [decisions[0], decisions[311], decisions[599]] as DecisionView[]) {
      expect(decision.leafHash).toBe(createHash('sha256').update('\0').update(decision.leaf).digest('base64'))
      const { status, text, headers } = await client.get(`/v1/decisions/${decision.id}/proof`)
      expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
      expectProven(text, decision)
    }
  })
})

describe('the checkpoint', () => {
  it('is short-lived in caches and not sent twice', async () => {
    const { client } = await aLog(1)
    const { headers } = await headOf(client)
    expect(headers.get('cache-control')).toBe('private, max-age=1')
    const again = await client.get('/v1/log/checkpoint', { 'if-none-match': headers.get('etag') as string })
    expect([again.status, again.text]).toEqual([304, ''])
  })
})

describe('before anything is integrated', () => {
  it('there is no receipt and no checkpoint, and both say to ask again', async () => {
    const idle = await startApp({ doesJobs: false })
    try {
      const { data } = await expectOk(idle.admin.get<{ data: DecisionView[] }>('/v1/decisions'))
      const receipt = await idle.admin.get(`/v1/decisions/${data[0]?.id}/proof`)
      expectProblem(receipt, 409, 'decision.notIntegrated')
      expect(receipt.headers.get('retry-after')).toBe('1')
      expectProblem(await idle.admin.get('/v1/log/checkpoint'), 409, 'log.behind')
      expectProblem(await idle.admin.get('/v1/log/consistency?from=0&to=0'), 409, 'log.behind')
      expectProblem(await idle.admin.get('/v1/log/export'), 409, 'log.behind')
      expectProblem(await idle.admin.get('/v1/log/tile/0/000'), 404, 'log.notFound')
    } finally {
      await idle.stop()
    }
  })
})
