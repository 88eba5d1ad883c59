import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { makeKey } from '../server/src/modules/access/index.ts'
import pg from 'pg'
import { startEmbeddedPostgres } from '../server/src/embedded/postgres.ts'
import { startProduct } from './product.ts'
const home = join(mkdtempSync(join(tmpdir(), 'wb-')), 'home')
const key = makeKey('sk')
//process.env.NODE_OPTIONS = '--cpu-prof --cpu-prof-dir=/tmp/prof'
const stats = process.argv.includes('--stats')
let postgres: any
if (stats) {
  postgres = await startEmbeddedPostgres({ directory: home + '-pg', settings: { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all', autovacuum_naptime: '2s' } })
  process.env.DATABASE_URL = postgres.url
}
const product = await startProduct(home, key)
const call = async (method: string, path: string, body?: unknown): Promise<any> => {
  const r = await fetch(`${product.address}/v1${path}`, { method, headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) })
  if (!r.ok) throw new Error(`${path} ${r.status} ${await r.text()}`)
  return r.json()
}
const chains = await call('GET', '/chains')
const asset = chains[0].assets.find((a: any) => a.symbol === 'dUSD').asset
const agents: string[] = []
for (let i = 0; i < 20; i++) {
  const { id } = await call('POST', '/agents', { name: `p${i}`, capability: { authorityLevel: 'AUTONOMOUS', taskTypes: ['*'], providers: ['*'], chains: ['*'], assets: ['*'], payees: { allow: ['*'] }, limits: [{ window: 'DAY', asset, maxAmount: '1000000' }] } })
  agents.push(id)
}
for (const id of agents) {
  while ((await call('GET', `/agents/${id}`)).status !== 'ACTIVE') await pause(20)
  const { data } = await call('GET', `/agents/${id}/wallets`)
  await call('POST', '/dev/faucet', { address: data[0].address, asset, amount: '1000000' })
}
import { readdirSync, readFileSync } from 'node:fs'
const cpu = () => { const m: Record<string, number> = {}; for (const d of readdirSync('/proc')) { if (!/^\d+$/.test(d)) continue; try { const st = readFileSync(`/proc/${d}/stat`, 'utf8'); const cmd = readFileSync(`/proc/${d}/cmdline`, 'utf8').replaceAll('\0', ' '); const f = st.slice(st.lastIndexOf(')') + 2).split(' '); const k = cmd.includes('main.ts') ? 'main' : cmd.startsWith('postgres') || cmd.includes('postgres -') ? 'pg' : cmd.includes('anvil') ? 'anvil' : cmd.includes('scratch') ? 'bench' : 'other'; m[k] = (m[k] ?? 0) + (Number(f[11]) + Number(f[12])) * 10 } catch {} } return m }
const q = (a: number[], p: number) => a.sort((x, y) => x - y)[Math.min(a.length - 1, Math.floor(a.length * p))]
let n = 0
let admin: any
if (stats) { admin = new pg.Client({ connectionString: postgres.url }); await admin.connect(); await admin.query('create extension if not exists pg_stat_statements'); await admin.query('select pg_stat_statements_reset()') }
for (const [perSecond, seconds] of [[75, 6], [150, 6]] as const) {
  const at = new Map<string, number>()
  const c0 = cpu(); const begun = performance.now()
  const sent: Promise<void>[] = []
  for (let i = 0; i < perSecond * seconds; i++) {
    await pause(Math.max(0, begun + (i * 1000) / perSecond - performance.now()))
    const t = Date.now()
    sent.push(call('POST', '/payments', { agentId: agents[n++ % 20], payee: `0x${(n + 0x1000).toString(16).padStart(40, '0')}`, amount: '1', asset }).then((p) => void at.set(p.id, t)))
  }
  await Promise.all(sent)
  console.log('accepted', (performance.now() - begun) | 0)
  for (;;) {
    let open = 0
    for (const s of ['RESERVED', 'SUBMITTING', 'SUBMITTED', 'UNKNOWN']) open += (await call('GET', `/payments?status=${s}&limit=200`)).data.length
    if (open === 0) break
    await pause(100)
  }
  const took = performance.now() - begun
  const c1 = cpu(); console.log(Object.fromEntries(Object.entries(c1).map(([k, v]) => [k, v - (c0[k] ?? 0)])), 'wall', took | 0)
  const ms: number[] = []
  for (let cursor = ''; ;) {
    const page = await call('GET', `/payments?limit=200${cursor}`)
    for (const p of page.data) if (at.has(p.id)) ms.push(p.status === 'CONFIRMED' ? Date.parse(p.settledAt) - at.get(p.id)! : NaN)
    if (!page.nextCursor) break
    cursor = `&cursor=${page.nextCursor}`
  }
  console.log({ perSecond, n: ms.length, bad: ms.filter(Number.isNaN).length, p50: q(ms, 0.5), p99: q(ms, 0.99), rate: (ms.length / took) * 1000 })
}
if (stats) {
  const { rows } = await admin.query("select calls, round(total_exec_time::numeric, 1) ms, round(total_plan_time::numeric,1) plan, round((total_exec_time/calls)::numeric, 3) each, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) q from pg_stat_statements order by total_exec_time desc limit 40")
  for (const r of rows) console.log(String(r.calls).padStart(6), r.ms.padStart(8), r.plan.padStart(7), r.each.padStart(7), r.q)
  const ids = (await admin.query("select organization_id o, id from payment order by id desc limit 1")).rows[0]
  await admin.query('begin'); await admin.query("set local role wedi_app"); await admin.query("select set_config('app.org', $1, true)", [ids.o])
  await admin.query("set plan_cache_mode = force_generic_plan")
  await admin.query('prepare p1 (uuid, uuid) as select * from payment where organization_id = $1 and id = $2')
  for (let i = 0; i < 3; i++) { const r = await admin.query(`explain (analyze, buffers) execute p1('${ids.o}', '${ids.id}')`); if (i === 2) console.log(r.rows.map((x: any) => x['QUERY PLAN']).join('\n')) }
  await admin.query('rollback')
  console.log((await admin.query("select relname, n_tup_upd, n_tup_hot_upd, n_dead_tup, n_live_tup, last_autovacuum, last_autoanalyze, pg_relation_size(relid) size, pg_indexes_size(relid) isize from pg_stat_user_tables order by pg_relation_size(relid) desc limit 8")).rows)
  console.log((await admin.query("select indexrelname, idx_scan, idx_tup_read from pg_stat_user_indexes where relname in ('payment','reservation','limit_counter','job') order by idx_tup_read desc limit 14")).rows)
  await admin.end()
}
await product.stop()
if (stats) await postgres.stop()
