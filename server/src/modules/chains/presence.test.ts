import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../../../test/support/until.ts'
import { ChainUnavailable, rpc } from './rpc.ts'

/** A node that hears every question, and answers when it is told to. */
let answers = true
let heard = 0
const node = createServer((request, response) => {
  heard++
  if (!answers) return void request.socket.destroy()
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const asked = JSON.parse(String(Buffer.concat(chunks))) as { id: number; method: string }[]
    const answer = asked.map(({ id, method }) => ({
      ...{ jsonrpc: '2.0', id },
      ...(method === 'eth_chainId' && { result: '0x7a69' }),
      ...(method === 'eth_blockNumber' && { result: '0x7' }),
      ...(method === 'eth_getCode' && { error: { code: -32005, message: 'too many questions' } }),
    }))
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
})
beforeAll(() => new Promise<void>((resolve) => void node.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => node.close(resolve)))

const aNode = () => {
  const rpcUrl = `http://127.0.0.1:${(node.address() as AddressInfo).port}`
  return rpc({ chain: 'eip155:31337', rpcUrl, isEmbedded: false })
}

it('a node that is away is tried by one, and by everyone again as soon as it answers', async () => {
  const asked = aNode()
  expect(await asked.blockNumber()).toBe(7n)
  answers = false
  await expect(asked.blockNumber()).rejects.toBeInstanceOf(ChainUnavailable)
  const before = heard
  for (let n = 0; n < 20; n++) await expect(asked.blockNumber()).rejects.toBeInstanceOf(ChainUnavailable)
  expect(heard).toBe(before)
  await until('one tries', async () => {
    await Promise.allSettled([1, 2, 3].map(() => asked.blockNumber()))
    return heard > before
  })
  expect(heard).toBe(before + 1)
  answers = true
  await until('it is back', () => asked.blockNumber().catch(() => undefined))
  expect(await Promise.all([1, 2, 3].map(() => asked.blockNumber()))).toEqual([7n, 7n, 7n])
})

it('a node that says no is not away', async () => {
  const asked = aNode()
  await expect(asked.token('0x000000000000000000000000000000000000dEaD')).rejects.toBeInstanceOf(ChainUnavailable)
  expect(await asked.blockNumber()).toBe(7n)
})
