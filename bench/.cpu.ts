import { mkdtempSync, rmSync, readFileSync, readdirSync } from 'node:fs'
import { startEmbeddedPostgres } from '/work/main/server/src/embedded/postgres.ts'
import { prepare, NEW_AGENT } from './ground.ts'
import { startServer } from './server.ts'
import { load } from './load.ts'
const [kind] = process.argv.slice(2)
const d = mkdtempSync('/tmp/wb-')
const pgs = await startEmbeddedPostgres({ directory: d + '/postgres' })
const { setup, fleets } = await prepare(pgs.url, [600], 600)
const stat = (pid: string) => { try { const p = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' '); return [p[1], +p[11]! * 10, +p[12]! * 10] as const } catch { return undefined } }
const cmd = (pid: string) => { try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8') } catch { return '' } }
const w = await startServer('wedi-server.ts', setup), p = await startServer('peer-server.ts', setup)
const pids = readdirSync('/proc').filter((x) => /^\d+$/.test(x))
const wpid = pids.find((x) => cmd(x).includes('wedi-server.ts') && stat(x)![0] === String(process.pid))!, ppid = pids.find((x) => cmd(x).includes('peer-server.ts') && stat(x)![0] === String(process.pid))!
const pm = readFileSync(d + '/postgres/postmaster.pid', 'utf8').split('\n')[0]!
const pgcpu = () => { let u = 0, s = 0; for (const x of readdirSync('/proc')) if (/^\d+$/.test(x)) { const t = stat(x); if (t && (t[0] === pm)) { u += t[1]; s += t[2] } } return [u, s] }
const f = fleets[0]!
const rq = kind === 'read' ? f.agentIds.map((id) => ({ method: 'GET' as const, path: `/v1/agents/${id}`, headers: { authorization: `Bearer ${f.key}` } }))
 : [{ method: 'POST' as const, path: '/v1/agents', headers: { authorization: `Bearer ${setup.writing.key}`, 'content-type': 'application/json' }, body: JSON.stringify(NEW_AGENT) }]
const pre = kind === 'read' ? '/one-tenant' : '/pipelined'
const cs = [['wedi', w.url, wpid, rq], ['peer', p.url, ppid, rq], ['ceil', p.url, ppid, rq.map((r) => ({ ...r, path: pre + r.path }))]] as const
for (const c of cs) await load(c[1], c[3], 3)
for (let i = 0; i < 3; i++) for (const [n, url, pid, r] of cs) {
  const a = stat(pid)!, pa = pgcpu()
  const x = await load(url, r, 3)
  const b = stat(pid)!, pb = pgcpu()
  const us = (v: number) => (v * 1000 / x.answered).toFixed(0).padStart(5)
  console.log(n, x.perSecond.toFixed(0).padStart(6), 'node us/req: user', us(b[1] - a[1]), 'sys', us(b[2] - a[2]), ' pg: user', us(pb[0]! - pa[0]!), 'sys', us(pb[1]! - pa[1]!))
}
await Promise.all([w.stop(), p.stop()]); await pgs.stop(); rmSync(d, { recursive: true, force: true })
