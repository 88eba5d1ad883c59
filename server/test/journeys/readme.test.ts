import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts'
import { afterEach, expect, it } from 'vitest'
import { expectOk } from '../support/client.ts'
import { closeAll, newHome, startWedi, type Wedi } from './process.ts'

afterEach(closeAll)

const blocksOf = (document: string, language: string): string[] => {
  const text = readFileSync(new URL(`../../../${document}`, import.meta.url), 'utf8')
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, script = '']) => script)
}

/** What a clone looks like from inside, with this server's data. */
function cloneOf(wedi: Wedi): string {
  const folder = join(dirname(wedi.home), 'clone')
  mkdirSync(folder)
  symlinkSync(wedi.home, join(folder, '.wedi'))
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(folder, 'node_modules'))
  return folder
}

it('leads a newcomer through tours that work as they are printed, the log checked included', async () => {
  const wedi = await startWedi({ home: newHome() })
  const folder = cloneOf(wedi)
  const here = (text: string) => text.replaceAll('127.0.0.1:4080', wedi.url.replace('http://', ''))
  writeFileSync(join(folder, 'agent.ts'), blocksOf('README.md', 'ts').map(here).join(''))
  const script = here(['set -eu', ...blocksOf('README.md', 'bash')].join('\n')).replaceAll(
    /^(curl|until) /gm,
    'echo; $1 ',
  )
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder })
  const answers = stdout.split('\n').filter((line) => line.startsWith('{'))
  expect(answers.map((line) => JSON.parse(line))).toMatchObject([
    { balance: '100000000' },
    { status: 'SUCCEEDED', result: { transactionHash: expect.stringMatching(/^0x/) } },
    { status: 'APPROVED' },
    { code: 'payment.denied', reasons: [{ remaining: '7500000', allowed: { maxAmount: '7500000' } }] },
    { data: [{ verdict: 'DENY' }] },
    { data: [{ remaining: '7500000' }] },
    { status: 'FROZEN' },
    { balance: '100000000' },
    { status: 'SUCCEEDED', result: { invoice: 'INV-2', transactionHash: expect.stringMatching(/^0x/) } },
  ])
})

it('leads a shop to a link, and a program to its payment, as printed', async () => {
  const wedi = await startWedi({ home: newHome() })
  const folder = cloneOf(wedi)
  const [commands = ''] = blocksOf('docs/payment-links.md', 'bash')
  const script = `set -eu\n${commands}\necho; echo "$URL $USD"`.replaceAll(
    '127.0.0.1:4080',
    wedi.url.replace('http://', ''),
  )
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder })
  expect(stdout).toMatch(/HTTP\/1.1 402 .*^payment-required: /ims)
  const [url = '', asset = ''] = stdout.trim().split('\n').at(-1)?.split(' ') ?? []
  const key = generatePrivateKey()
  const funding = { address: privateKeyToAddress(key), asset, amount: '20000000' }
  await expectOk(wedi.client.post('/v1/dev/faucet', funding))
  const [program = ''] = blocksOf('docs/payment-links.md', 'js')
  writeFileSync(join(folder, 'pay.mjs'), program)
  const token = asset.slice(asset.lastIndexOf(':') + 1)
  const paid = await promisify(execFile)(process.execPath, ['pay.mjs', url, key, token], { cwd: folder })
  expect(paid.stdout).toMatch(/^200 .*status: 'PAID'/s)
}, 60_000)
