import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { closeAll, newHome, startWedi } from './process.ts'

afterEach(closeAll)

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
const blocks = [...README.matchAll(/```bash\n(.*?)```/gs)].map(([, script]) => script)

it('leads a newcomer through five minutes that work as they are printed, the log checked included', async () => {
  const wedi = await startWedi({ home: newHome() })
  const folder = join(dirname(wedi.home), 'clone')
  mkdirSync(folder)
  symlinkSync(wedi.home, join(folder, '.wedi'))
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(folder, 'node_modules'))
  const address = wedi.url.replace('http://', '')
  const script = ['set -eu', ...blocks]
    .join('\n')
    .replaceAll('127.0.0.1:4080', address)
    .replaceAll(/^(curl|until) /gm, 'echo; $1 ')
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
  ])
})
