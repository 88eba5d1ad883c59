import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Address, encodeFunctionData, type Hex, parseAbi, parseSignature } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { expect, it, onTestFinished } from 'vitest'

import { startEmbeddedChain } from './chain.ts'
import { chainClient, sendAsDeveloper } from './chain-client.ts'
import { fund } from './faucet.ts'
import { startTime, until } from './process.ts'
import { runModule, temporaryDirectory } from './testing.ts'

const abi = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function transfer(address to, uint256 value) returns (bool)',
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes signature)',
  'function transferWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, uint8 v, bytes32 r, bytes32 s)',
])
const payee: Address = '0x00000000000000000000000000000000000000aa'

async function chainIn(directory: string, onProgress?: (message: string) => void) {
  const chain = await startEmbeddedChain({ directory, ...(onProgress && { onProgress }) })
  onTestFinished(() => chain.stop())
  const client = chainClient(chain.rpcUrl)
  const balanceOf = (address: Address) =>
    client.readContract({ address: chain.token, abi, functionName: 'balanceOf', args: [address] })
  return { ...chain, client, balanceOf }
}

type Chain = Awaited<ReturnType<typeof chainIn>>

/** Sends `value` tokens with no fee from an account, its nonce given. */
async function pay({ client, token }: Chain, key: Hex, nonce: number, value: bigint) {
  const data = encodeFunctionData({ abi, functionName: 'transfer', args: [payee, value] })
  const fees = { gas: 100_000n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
  const transaction = { type: 'eip1559', chainId: 31337, to: token, data, nonce, ...fees } as const
  const hash = await client.sendRawTransaction({
    serializedTransaction: await privateKeyToAccount(key).signTransaction(transaction),
  })
  return client.waitForTransactionReceipt({ hash, timeout: 10_000 })
}

it('an account without native coin pays with zero fees', async () => {
  const chain = await chainIn(temporaryDirectory())
  const key = generatePrivateKey()
  const { address } = privateKeyToAccount(key)
  await fund(chain.rpcUrl, chain.token, { address, asset: 'token', amount: 5n })
  const { status } = await pay(chain, key, 0, 2n)
  const block = await chain.client.getBlock()
  expect([status, await chain.balanceOf(payee), await chain.balanceOf(address)]).toEqual(['success', 2n, 3n])
  expect([block.baseFeePerGas, await chain.client.getGasPrice()]).toEqual([0n, 0n])
}, 30_000)

it('the faucet gives every one of many concurrent callers all of it', async () => {
  const { rpcUrl, token, client, balanceOf } = await chainIn(temporaryDirectory())
  const native = 10n ** 24n
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      await fund(rpcUrl, token, { address: payee, asset: 'native', amount: native })
      await fund(rpcUrl, token, { address: payee, asset: 'token', amount: 7n })
    }),
  )
  expect([await client.getBalance({ address: payee }), await balanceOf(payee)]).toEqual([8n * native, 56n])
}, 30_000)

it('the chain dies with its process group, and restarts with receipts, nonces and a clock that is not behind', async () => {
  const directory = temporaryDirectory()
  const key = generatePrivateKey()
  const { address } = privateKeyToAccount(key)
  const parent = runModule(`
    import { startEmbeddedChain } from './chain.ts'
    import { fund } from './faucet.ts'
    const { rpcUrl, token } = await startEmbeddedChain({ directory: ${JSON.stringify(directory)} })
    await fund(rpcUrl, token, { address: '${address}', asset: 'token', amount: 5n })
    console.log(rpcUrl + ' ' + token)
    setInterval(() => undefined, 1000)`)
  const [rpcUrl = '', token] = ((await parent.line) ?? '').split(' ')
  const pid = Number(readFileSync(join(directory, 'anvil.pid'), 'utf8').split(' ')[0])
  const client = chainClient(rpcUrl)
  const paid = await pay({ client, token } as Chain, key, 0, 1n)
  await parent.kill()

  const chain = await chainIn(directory)
  expect(startTime(pid)).toBeUndefined()
  expect(chain.token).toBe(token)
  expect(await chain.client.getTransactionReceipt({ hash: paid.transactionHash })).toEqual(paid)
  expect(await chain.client.getTransactionCount({ address })).toBe(1)
  const now = Math.floor(Date.now() / 1000)
  await pay(chain, key, 1, 1n)
  const { timestamp } = await chain.client.getBlock()
  expect(Number(timestamp)).toBeGreaterThanOrEqual(now)
  expect(Number(timestamp)).toBeLessThanOrEqual(Date.now() / 1000 + 1)
}, 30_000)

it('a truncated state is put aside, and the chain goes on from the snapshot', async () => {
  const directory = temporaryDirectory()
  const first = await startEmbeddedChain({ directory })
  const client = chainClient(first.rpcUrl)
  await fund(first.rpcUrl, first.token, { address: payee, asset: 'token', amount: 5n })
  const head = Number(await client.getBlockNumber())
  const snapshotHead = () => Number(JSON.parse(readFileSync(join(directory, 'snapshot.json'), 'utf8')).block.number)
  expect(await until(() => snapshotHead() >= head, { timeoutMs: 10_000 })).toBe(true)
  await first.stop()
  const state = join(directory, 'state.json')
  writeFileSync(state, readFileSync(state).subarray(0, 1000))

  const messages: string[] = []
  const chain = await chainIn(directory, (message) => messages.push(message))
  expect(await chain.balanceOf(payee)).toBe(5n)
  expect(messages.join()).toContain('damaged')
  expect(existsSync(`${state}.damaged`)).toBe(true)
}, 30_000)

it('a chain whose every state is damaged starts anew, with the token at the same address', async () => {
  const directory = temporaryDirectory()
  const first = await startEmbeddedChain({ directory })
  await first.stop()
  for (const file of ['state.json', 'snapshot.json']) writeFileSync(join(directory, file), '{')
  expect((await chainIn(directory)).token).toBe(first.token)
}, 30_000)

it('the token moves once by a signed authorization (EIP-3009), in either form of signature', async () => {
  const chain = await chainIn(temporaryDirectory())
  const payer = privateKeyToAccount(generatePrivateKey())
  await fund(chain.rpcUrl, chain.token, { address: payer.address, asset: 'token', amount: 10n })
  const names = ['from', 'to', 'value', 'validAfter', 'validBefore', 'nonce']
  const types = ['address', 'address', 'uint256', 'uint256', 'uint256', 'bytes32']
  const authorize = async (nonce: Hex) => {
    const args = [payer.address, payee, 3n, 0n, 2n ** 40n, nonce] as const
    const signature = await payer.signTypedData({
      domain: { name: 'Development Dollar', version: '1', chainId: 31337, verifyingContract: chain.token },
      types: { TransferWithAuthorization: names.map((name, at) => ({ name, type: types[at] ?? '' })) },
      primaryType: 'TransferWithAuthorization',
      message: Object.fromEntries(names.map((name, at) => [name, args[at]])),
    })
    return { args, signature }
  }
  const submit = (args: Parameters<typeof encodeFunctionData<typeof abi, 'transferWithAuthorization'>>[0]['args']) =>
    sendAsDeveloper(chain.client, {
      to: chain.token,
      data: encodeFunctionData({ abi, functionName: 'transferWithAuthorization', args }),
    })
  const one = await authorize(`0x${'01'.repeat(32)}`)
  await submit([...one.args, one.signature])
  await expect(submit([...one.args, one.signature])).rejects.toThrow()
  const two = await authorize(`0x${'02'.repeat(32)}`)
  const { r, s, yParity } = parseSignature(two.signature)
  await submit([...two.args, 27 + yParity, r, s])
  await expect(submit([...(await authorize(`0x${'03'.repeat(32)}`)).args, one.signature])).rejects.toThrow()
  expect(await chain.balanceOf(payee)).toBe(6n)
}, 30_000)

it('the committed token artifact is what its source compiles to', () => {
  const script = fileURLToPath(new URL('../../../scripts/compile-token.mjs', import.meta.url))
  expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow()
}, 30_000)
