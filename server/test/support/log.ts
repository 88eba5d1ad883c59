import { expect } from 'vitest'
import { parseCheckpoint } from '../../src/modules/decisions/tree/checkpoint.ts'
import { leafHash, rootFromInclusion } from '../../src/modules/decisions/tree/merkle.ts'
import type { TestApp } from './app.ts'
import { type Client, expectOk } from './client.ts'
import { anAgent, anOrganization } from './factories.ts'
import { until } from './until.ts'

/** The log as anyone sees it over HTTP. */

export interface DecisionView {
  id: string
  type: string
  leaf: string
  leafHash: string
  leafIndex: string | null
  inputs: Record<string, unknown>
  redacted: string[]
}

/** Adds decisions of an agent, and waits until all are in the tree. */
export async function aLog(
  app: TestApp,
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

export const integrated = (client: Client) =>
  until('everything is in the tree', async () => {
    const { data } = await expectOk(client.get<{ data: DecisionView[] }>('/v1/decisions?limit=200'))
    return data.every(({ leafIndex }) => leafIndex !== null)
  })

export async function all(client: Client, query: string): Promise<DecisionView[]> {
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

export async function headOf(client: Client) {
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

export function expectProven(receipt: string, { leaf, leafIndex }: Pick<DecisionView, 'leaf' | 'leafIndex'>): void {
  const { format, root, ...at } = readReceipt(receipt)
  expect([format, String(at.index)]).toEqual(['c2sp.org/tlog-proof@v1', leafIndex])
  expect(rootFromInclusion(leafHash(leaf), at)).toEqual(root)
}

/** The files of a tar, in order. */
export function readTar(tar: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  for (let at = 0; tar[at] !== 0; ) {
    const text = (from: number, length: number) =>
      tar.toString('latin1', at + from, at + from + length).replace(/\0.*$/, '')
    const size = Number.parseInt(text(124, 12), 8)
    files.set(text(0, 100), tar.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

/** The archive of a log, in bytes. */
export async function exported({ url, key }: Client): Promise<{ status: number; tar: Buffer; headers: Headers }> {
  const reply = await fetch(`${url}/v1/log/export`, { headers: { authorization: `Bearer ${key}` } })
  return { status: reply.status, headers: reply.headers, tar: Buffer.from(await reply.arrayBuffer()) }
}
