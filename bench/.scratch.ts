// reads only or creates only, with profile; usage: kind rounds seconds profileDir
import { mkdtempSync, rmSync } from 'node:fs'
import { NEW_AGENT, prepare } from '/work/main/bench/ground.ts'
import { interleaved } from '/work/main/bench/rounds.ts'
import { startServer } from '/work/main/bench/server.ts'
import { startEmbeddedPostgres } from '/work/main/server/src/embedded/postgres.ts'

const [kind, rounds, seconds, prof] = process.argv.slice(2)
const d = mkdtempSync('/tmp/wb-')
const pgs = await startEmbeddedPostgres({ directory: d + '/postgres' })
const { setup, fleets, steps } = await prepare(pgs.url, [600], 600)
console.log(steps.join())
const only = process.env.ONLY
const [w, p] = await Promise.all([
  startServer('wedi-server.ts', setup, prof),
  startServer('peer-server.ts', setup, prof),
])
const f = fleets[0]!
const rq =
  kind === 'read'
    ? f.agentIds.map((id) => ({
        method: 'GET' as const,
        path: `/v1/agents/${id}`,
        headers: { authorization: `Bearer ${f.key}` },
      }))
    : [
        {
          method: 'POST' as const,
          path: '/v1/agents',
          headers: { authorization: `Bearer ${setup.writing.key}`, 'content-type': 'application/json' },
          body: JSON.stringify(NEW_AGENT),
        },
      ]
const cs = [
  { name: 'wedi', url: w.url, requests: rq },
  { name: 'peer', url: p.url, requests: rq },
  ...(kind === 'read'
    ? [{ name: 'ceil', url: p.url, requests: rq.map((r) => ({ ...r, path: '/one-tenant' + r.path })) }]
    : []),
]
const m = await interleaved(
  cs.filter((c) => !only || c.name === only),
  { rounds: +rounds!, seconds: +seconds!, say: process.env.VERBOSE ? console.log : () => {} },
)
for (const x of m) console.log(x.name, x.perSecond.toFixed(0), x.p50Ms.toFixed(2), x.p99Ms.toFixed(2))
if (m[1])
  console.log(
    'ratio',
    (m[0]!.perSecond / m[1].perSecond).toFixed(3),
    'pairs',
    m[0]!.rounds.map((r, i) => (r.perSecond / m[1]!.rounds[i]!.perSecond).toFixed(2)).join(' '),
  )
await Promise.all([w.stop(), p.stop()])
await pgs.stop()
rmSync(d, { recursive: true, force: true })
