import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { type Address, createTestClient, http, parseAbi, parseAbiItem, walletActions } from 'viem'
import { afterEach, expect, it } from 'vitest'
import { chainOf, closeAll, launch, newHome, type Process, startWedi, type Wedi } from '../../test/journeys/process.ts'
import { expectOk } from '../../test/support/client.ts'
import { walletOf } from '../../test/support/factories.ts'
import { until } from '../../test/support/until.ts'
import { formatMoney, parseMoney } from './money.ts'
import { runDemo } from './run.ts'

const DEMO = { WEDI_DEMO: '1' }
const PLAYED_MS = 25_000
/** Each starts the whole of Wedi several times. */
const TEST_MS = 90_000
const token = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function transfer(address to, uint256 value) returns (bool)',
])
const transfer = parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)')
const dollars = (amount: bigint) => `${formatMoney(amount, 6)} dUSD`

afterEach(closeAll)

const matches = (output: string, text: string | RegExp): boolean =>
  typeof text === 'string' ? output.includes(text) : text.test(output)

const printed = (process: Process, text: string | RegExp) =>
  until(`it prints ${text}`, async () => matches(process.output(), text), {
    ...{ deadlineMs: PLAYED_MS, last: process.output },
  })

/** What a started Wedi printed of its demo, once that is over. */
async function played(wedi: Process): Promise<{ rows: string[]; text: string; commands: string[] }> {
  await printed(wedi, /my-first-payment' .*\n/)
  const text = wedi.output()
  const rows = text.match(/^ {2}(paid|held|denied|failed) +\d+ +[\d,.]+ dUSD$/gm) ?? []
  return { rows: rows.map((row) => row.trim().replaceAll(/ +/g, ' ')), text, commands: text.match(/^curl .*$/gm) ?? [] }
}

const AS_WRITTEN = ['paid 19 8,016.69 dUSD', 'held 4 12,466.90 dUSD', 'denied 5 39,695.00 dUSD', 'failed 2 304.75 dUSD']

/** Every token that left the wallet of an agent that pays invoices, by the chain's own log: whom, how much. */
async function paidOnChain(wedi: Wedi): Promise<{ to: Address; value: bigint }[]> {
  const { node, token: asset } = await chainOf(wedi)
  const address = asset.split('erc20:')[1] as Address
  const logs = await node.getLogs({ address, event: transfer, fromBlock: 0n, strict: true })
  const agents = await expectOk(wedi.client.get<{ data: { id: string }[] }>('/v1/agents?label=demo'))
  const wallets = await Promise.all(agents.data.map(({ id }) => walletOf(wedi.client, id)))
  const payers = new Set(wallets.map((wallet) => wallet.address))
  const moved = logs.map(({ args }) => args).filter(({ from }) => payers.has(from))
  for (const to of new Set(moved.map((each) => each.to))) {
    const held = await node.readContract({ address, abi: token, functionName: 'balanceOf', args: [to] })
    expect(held).toBe(sumOf(moved.filter((each) => each.to === to)))
  }
  return moved
}

const sumOf = (moved: readonly { value: bigint }[]): bigint => moved.reduce((sum, { value }) => sum + value, 0n)

const run = (command: string): Record<string, unknown> =>
  JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8', timeout: 10_000 }))

it(
  'its summary is what the chain holds, its commands work as printed, a later start tells what is so then',
  async () => {
    const home = newHome()
    const wedi = await startWedi({ home, env: DEMO })
    const { rows, text, commands } = await played(wedi)
    expect(rows).toEqual(AS_WRITTEN)
    expect(text).toMatch(/chain confirms: yes.*8 payees received 8,016\.69 dUSD, 3 wallets hold 32,983\.31 dUSD/)
    expect(text).toMatch(/paid 12\.00 dUSD by a program \(x402\); the agent forwarded 11\.76 dUSD to the shop/)
    const page = await fetch(text.match(/open for people: (\S+)/)?.[1] ?? '', { headers: { accept: 'text/html' } })
    expect(await page.text()).toContain('Two coffees and a bun')
    const moved = await paidOnChain(wedi)
    expect([moved.length, dollars(sumOf(moved))]).toEqual([19, '8,016.69 dUSD'])
    expect(statSync(join(home, 'demo')).mode & 0o777).toBe(0o600)

    const [approved, explained, paid] = commands.map(run)
    expect(approved).toMatchObject({ status: 'APPROVED', note: 'Looks right to me' })
    expect(explained).toMatchObject({ verdict: 'DENY', reasons: [{ code: 'limit.amountExceeded' }] })
    expect(paid).toMatchObject({ amount: '5000000', reference: 'MINE-1' })
    for (const id of [approved?.paymentId, paid?.id]) {
      await until(`payment ${id} is confirmed`, async () => {
        const { body } = await wedi.client.get<{ status: string }>(`/v1/payments/${id}`)
        return body.status === 'CONFIRMED'
      })
    }
    expect(run(commands[2] ?? '')).toEqual(paid)

    await wedi.kill('SIGTERM')
    const later = await startWedi({ home, env: DEMO })
    const told = await played(later)
    expect(told.rows).toEqual([
      ...['paid 20 15,266.69 dUSD', 'held 3 5,216.90 dUSD'],
      ...['denied 5 39,695.00 dUSD', 'failed 2 304.75 dUSD'],
    ])
    expect(told.text).toMatch(/chain confirms: yes.*8 payees received 15,271\.69 dUSD/)
    expect(await paidOnChain(later)).toHaveLength(21)
  },
  TEST_MS,
)

it(
  'killed again and again it goes on, ends with the same summary and pays nothing twice',
  async () => {
    const home = newHome()
    for (const moment of ['[ 1/30]', '[12/30]', '[30/30]']) {
      const cut = launch(home, DEMO)
      await printed(cut, moment)
      await cut.kill('SIGKILL')
    }
    const wedi = await startWedi({ home, env: DEMO })
    expect((await played(wedi)).rows).toEqual(AS_WRITTEN)
    const moved = await paidOnChain(wedi)
    expect([moved.length, dollars(sumOf(moved))]).toEqual([19, '8,016.69 dUSD'])
    const { body } = await wedi.client.get<{ data: { id: string; payload: { reference: string } }[] }>(
      '/v1/tasks?limit=200&type=payment',
    )
    expect(body.data).toHaveLength(30)

    const remembered = readFileSync(join(home, 'demo'), 'utf8')
    expect(await again(wedi, { remembered: undefined })).toBe('')
    await takeOneDollarBack(wedi, moved[0]?.to)
    const wrong = /chain confirms: NO\n +.* holds \S+ dUSD on the chain, by the confirmed payments it is \S+\n/
    expect(await again(wedi, { remembered })).toMatch(wrong)
    const first = body.data.find(({ payload }) => payload.reference === 'INV-1001')?.id
    await wedi.client.post(`/v1/tasks/${first}/requeue`)
    await until('the first invoice is paid', async () => {
      const { body: task } = await wedi.client.get<{ status: string }>(`/v1/tasks/${first}`)
      return task.status === 'SUCCEEDED'
    })
    const told = await again(wedi, { remembered: remembered.replace('"done"', '"funded"') })
    expect(told).toContain('ERROR: the demo did not go as it should')
    expect(told).toContain('INV-1001 should have been failed (payment.insufficientFunds) and is paid')
  },
  TEST_MS,
)

/** Runs the demo once more in this process; what it prints. */
async function again({ url, key }: Wedi, { remembered }: { remembered: string | undefined }): Promise<string> {
  let text = ''
  const out = new Writable({
    write: (chunk, _, done) => {
      text += chunk
      done()
    },
  })
  await runDemo({ address: url, adminKey: key, isAskedFor: false, remembered, remember: () => undefined, out })
  return text
}

const nobody = '0x00000000000000000000000000000000000000aa'

async function takeOneDollarBack(wedi: Wedi, from: Address | undefined): Promise<void> {
  const { rpcUrl, token: asset } = await chainOf(wedi)
  const chain = createTestClient({ mode: 'anvil', transport: http(rpcUrl) }).extend(walletActions)
  const account = from as Address
  await chain.impersonateAccount({ address: account })
  const to = asset.split('erc20:')[1] as Address
  const args = [nobody, parseMoney('1', 6)] as const
  await chain.writeContract({
    address: to,
    abi: token,
    functionName: 'transfer',
    args,
    account,
    chain: null,
    gasPrice: 0n,
  })
}
