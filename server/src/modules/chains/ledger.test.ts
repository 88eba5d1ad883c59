import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, inject, it } from 'vitest'
import type { ChainId } from '#platform/caip'
import { ledger } from './ledger.ts'
import { rpc } from './rpc.ts'

interface Question {
  readonly id: number
  readonly method: string
}
interface Answer {
  readonly id: number
  readonly result: string
}

const HOLDER = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
let node: Server
afterEach(() => void node.close())

/** The run's chain; the first count of transactions that it tells is one too few. */
async function behindOnce(): Promise<string> {
  const { rpcUrl } = inject('infrastructure').chain
  let isBehind = true
  node = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const asked = JSON.parse(Buffer.concat(chunks).toString()) as Question[]
    const headers = { 'content-type': 'application/json' }
    const answered = await fetch(rpcUrl, { method: 'POST', headers, body: JSON.stringify(asked) })
    const answers = (await answered.json()) as Answer[]
    const counts = new Set(asked.filter(({ method }) => method === 'eth_getTransactionCount').map(({ id }) => id))
    const told = answers.map((each) => {
      if (!isBehind || !counts.has(each.id)) return each
      isBehind = false
      return { ...each, result: `0x${(BigInt(each.result) - 1n).toString(16)}` }
    })
    response.writeHead(200, headers).end(JSON.stringify(told))
  })
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(node.address() as AddressInfo).port}`
}

it('a nonce of one moment and a balance of another are not taken for an account: it is asked for again', async () => {
  const chain = inject('infrastructure').chain.chain as ChainId
  const own = rpc({ chain, rpcUrl: await behindOnce(), isEmbedded: true })
  const books = ledger(() => ({ node: own, confirmations: 1, isEmbedded: true, assets: [] }))
  const coin = `${chain}/slip44:60`
  const block = await own.blockNumber()
  await expect(books.standingAt(chain, HOLDER, [coin], block)).rejects.toThrow('this and that')
  const { nonce } = await books.standingAt(chain, HOLDER, [coin], block)
  expect(nonce).toBe(await own.nonceAt(HOLDER, block))
})
