import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Address, createTestClient, encodeFunctionData, http, parseAbi, parseAbiItem } from 'viem'
import { afterEach, expect, it } from 'vitest'
import { chainOf, closeAll, launch, newHome, type Process, startWedi, type Wedi } from '../../test/journeys/process.ts'
import { until } from '../../test/support/until.ts'
import { formatMoney, parseMoney } from './money.ts'

const DEMO = { WEDI_DEMO: '1' }
const PLAYED_MS = 25_000
const token = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function transfer(address to, uint256 value) returns (bool)',
])
const transfer = parseAbiItem('event Transfer(address indexed from, address indexed to, uint256 value)')
const dollars = (amount: bigint) => `${formatMoney(amount, 6)} dUSD`

afterEach(closeAll)

const printed = (process: Process, text: string | RegExp) =>
  until(`it prints ${text}`, async () => process.output().match(text) ?? false, {
    ...{ deadlineMs: PLAYED_MS, last: process.output },
  })

/** What a started Wedi printed of its demo, once that is over. */
async function played(wedi: Process): Promise<{ rows: string[]; text: string; commands: string[] }> {
  await printed(wedi, /'my-first-payment|my-first-payment' .*\n/)
  const text = wedi.output()
  const rows = text.match(/^ {2}(paid|held|denied|failed) +\d+ +[\d,.]+ dUSD$/gm) ?? []
  return { rows: rows.map((row) => row.trim().replaceAll(/ +/g, ' ')), text, commands: text.match(/^curl .*$/gm) ?? [] }
}

const AS_WRITTEN = ['paid 19 8,016.69 dUSD', 'held 4 12,466.90 dUSD', 'denied 5 39,695.00 dUSD', 'failed 2 304.75 dUSD']

/** Every token that left one of Wedi's wallets, by the chain's own log: whom, how much. */
async function paidOnChain(wedi: Wedi): Promise<{ to: Address; value: bigint }[]> {
  const { node, token: asset } = await chainOf(wedi)
  const address = asset.split('erc20:')[1] as Address
  const logs = await node.getLogs({ address, event: transfer, fromBlock: 0n, strict: true })
  const moved = logs.map(({ args }) => args).filter(({ from }) => BigInt(from) !== 0n)
  for (const to of new Set(moved.map((each) => each.to))) {
    const held = await node.readContract({ address, abi: token, functionName: 'balanceOf', args: [to] })
    expect(held).toBe(sumOf(moved.filter((each) => each.to === to)))
  }
  return moved
}

const sumOf = (moved: readonly { value: bigint }[]): bigint => moved.reduce((sum, { value }) => sum + value, 0n)

const run = (command: string): Record<string, unknown> =>
  JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8', timeout: 10_000 }))

it('its summary is what the chain holds, its commands work as printed, a later start tells what is so then', async () => {
  const home = newHome()
  const wedi = await startWedi({ home, env: DEMO })
  const { rows, text, commands } = await played(wedi)
  expect(rows).toEqual(AS_WRITTEN)
  expect(text).toMatch(/chain confirms: yes.*8 payees received 8,016\.69 dUSD, 3 wallets hold 32,983\.31 dUSD/)
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
  expect(run(told.commands[0] ?? '')).toMatchObject({ status: 'APPROVED' })
  expect(await paidOnChain(later)).toHaveLength(22)
})

it('killed again and again it goes on, ends with the same summary and pays nothing twice; money that is gone is said', async () => {
  const home = newHome()
  for (const moment of ['wedi ready', '[ 1/30]', '[ 4/30]', '[17/30]', '[30/30]']) {
    const cut = launch(home, DEMO)
    await printed(cut, moment.replaceAll(/[[\]]/g, '\\$&'))
    await cut.kill('SIGKILL')
  }
  const wedi = await startWedi({ home, env: DEMO })
  expect((await played(wedi)).rows).toEqual(AS_WRITTEN)
  const moved = await paidOnChain(wedi)
  expect([moved.length, dollars(sumOf(moved))]).toEqual([19, '8,016.69 dUSD'])
  const tasks = await wedi.client.get<{ data: unknown[] }>('/v1/tasks?limit=200')
  expect(tasks.body.data).toHaveLength(30)

  const { rpcUrl, token: asset } = await chainOf(wedi)
  const thief = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  const [from] = moved.map(({ to }) => to) as [Address]
  await thief.impersonateAccount({ address: from })
  const data = encodeFunctionData({ abi: token, functionName: 'transfer', args: [rpcAddress, parseMoney('1', 6)] })
  await thief.request({ method: 'eth_sendTransaction' as never, params: [{ from, to: asset.split('erc20:')[1], data }] as never })
  await wedi.kill('SIGTERM')
  const later = await startWedi({ home, env: DEMO })
  await printed(later, /chain confirms: NO\n +.* holds .* dUSD on the chain, by the confirmed payments it is .*\n/)
})

const rpcAddress: Address = '0x00000000000000000000000000000000000000aa'
