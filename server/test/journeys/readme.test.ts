import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { closeAll, newHome, startWedi } from './process.ts'

afterEach(closeAll)

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
const blocksOf = (language: string) =>
  [...README.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text)

it('leads a newcomer through tours that work as they are printed, the log checked included', async () => {
  const wedi = await startWedi({ home: newHome() })
  const folder = join(dirname(wedi.home), 'clone')
  mkdirSync(folder)
  symlinkSync(wedi.home, join(folder, '.wedi'))
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(folder, 'node_modules'))
  const here = (text: string) => text.replaceAll('127.0.0.1:4080', wedi.url.replace('http://', ''))
  writeFileSync(join(folder, 'agent.ts'), blocksOf('ts').map(here).join(''))
  const script = here(['set -eu', ...blocksOf('bash')].join('\n')).replaceAll(/^(curl|until) /gm, 'echo; $1 ')
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
