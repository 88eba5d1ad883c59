import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, inject, it } from 'vitest'
import { type ChainId, parseAsset } from '#platform/caip'
import { rpc } from './rpc.ts'

interface Answer {
  readonly id: number
}

let node: Server
afterEach(() => void node.close())

/** The run's chain, with something happening to the answers of each batch of several. */
async function through(change: (answers: Answer[]) => Answer[]) {
  const { chain, rpcUrl } = inject('infrastructure').chain
  node = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const headers = { 'content-type': 'application/json' }
    const answered = await fetch(rpcUrl, { method: 'POST', headers, body: Buffer.concat(chunks) })
    const answers = (await answered.json()) as Answer[]
    response.writeHead(200, headers).end(JSON.stringify(answers.length > 1 ? change(answers) : answers))
  })
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(node.address() as AddressInfo).port}`
  return rpc({ chain: chain as ChainId, rpcUrl: url, isEmbedded: true })
}

const HOLDER = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const coin = () => {
  const asset = parseAsset(`${inject('infrastructure').chain.chain}/slip44:60`)
  if (!asset) throw new Error('no asset')
  return asset
}

it.each<[string, (answers: Answer[]) => Answer[]]>([
  ['the first is missing', (answers) => answers.slice(1)],
  ['one is there twice', ([first, ...others]) => [first as Answer, first as Answer, ...others.slice(1)]],
  ['one has the number of nobody', (answers) => answers.map((each, at) => (at === 0 ? { ...each, id: -1 } : each))],
])('a batch of answers of which %s is none', async (_what, change) => {
  const chain = await through(change)
  await chain.blockNumber()
  const asked = [chain.blockNumber(), chain.balance(coin(), HOLDER), chain.minedNonce(HOLDER)]
  for (const each of await Promise.allSettled(asked))
    expect(each).toMatchObject({ status: 'rejected', reason: { name: 'ChainUnavailable' } })
})

it('answers that come in another order are those of their questions', async () => {
  const chain = await through((answers) => answers.toReversed())
  const alone = await chain.balance(coin(), HOLDER)
  const [, balance] = await Promise.all([chain.minedNonce(HOLDER), chain.balance(coin(), HOLDER)])
  expect(balance).toBe(alone)
})
