import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { freePort } from '../../src/embedded/process.ts'
import { expectOk } from '../support/client.ts'
import { expectProblem } from '../support/expect-problem.ts'
import { anAgent } from '../support/factories.ts'
import { until } from '../support/until.ts'
import { atEnd, closeAll, newHome, startWedi } from './process.ts'

afterEach(closeAll)

const GUIDE = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8')
const [stream = '', create = ''] = [...GUIDE.matchAll(/```bash\n(.*?)```/gs)].map(([, script]) => script)
const [receiver = ''] = [...GUIDE.matchAll(/```js\n(.*?)```/gs)].map(([, program]) => program)

/** Runs, and keeps what it prints. */
function run(command: string, args: string[], options: { cwd: string; env: Record<string, string> }) {
  const child: ChildProcess = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  atEnd(async () => {
    child.kill()
    await ended
  })
  return { said: () => said, ended }
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket.destroy() !== undefined))
    socket.once('error', () => resolve(false))
  })

it('what the guide prints works: the stream and the receiver hear of an act, and the process still stops', async () => {
  const { client, key, url, home, kill } = await startWedi({ env: { WEDI_WEBHOOK_PRIVATE_ADDRESSES: '1' } })
  const cwd = join(dirname(home), 'guide')
  mkdirSync(cwd)
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(cwd, 'node_modules'))
  const PATH = process.env.PATH ?? ''
  const shell = {
    PATH,
    WEDI: `${url}/v1`,
    auth: `Authorization: Bearer ${key}`,
    json: 'Content-Type: application/json',
  }
  const following = run('bash', ['-c', stream.replace('payment.*', 'agent.*')], { cwd, env: shell })

  const port = await freePort()
  const made = run(
    'bash',
    ['-c', create.replace('https://example.com/wedi', `http://127.0.0.1:${port}`).replace('payment.*', 'agent.*')],
    { cwd, env: shell },
  )
  await made.ended
  const { secret } = JSON.parse(made.said()) as { secret: string }
  writeFileSync(join(cwd, 'receiver.mjs'), receiver.replace('8080', String(port)))
  const receiving = run(process.execPath, ['receiver.mjs'], { cwd, env: { PATH, WEDI_WEBHOOK_SECRET: secret } })
  await until('the receiver is there', () => isListening(port))
  await until('the stream is open', async () => following.said().includes('retry:'))

  const { id } = await anAgent(client)
  await until('both have heard', async () => {
    const isTold = receiving.said().includes(`agent.created agent:${id}`)
    return isTold && following.said().includes('event: agent.created')
  })
  const { code, afterMs } = await kill('SIGTERM')
  expect([code, afterMs < 10_000]).toEqual([0, true])
  await following.ended
})

it('without the setting no webhook leads to this machine', async () => {
  const { client } = await startWedi({ home: newHome() })
  for (const at of ['http://127.0.0.1:8080', 'https://127.0.0.1', 'https://10.0.0.1']) {
    expectProblem(await client.post('/v1/webhooks', { url: at, types: ['*'] }), 400, 'request.invalid')
  }
  await expectOk(client.post('/v1/webhooks', { url: 'https://example.com', types: ['nobody.said'] }))
})
