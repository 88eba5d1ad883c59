import { chainOf, closeAll, startWedi } from './process.ts'
import { aPayer, newAccount, pay } from './story.ts'
const wedi = await startWedi()
const { token } = await chainOf(wedi)
const { id: agentId } = await aPayer(wedi.client, token)
const server: number[] = [], seen: number[] = [], accept: number[] = []
for (let i = 0; i < 120; i++) {
  const t0 = performance.now()
  const { body } = await pay(wedi.client, { agentId, asset: token, payee: newAccount(), amount: 1n })
  const t1 = performance.now()
  let p: any = body
  while (p.status !== 'CONFIRMED') p = (await wedi.client.get(`/v1/payments/${body.id}`)).body
  if (i < 20) continue
  accept.push(t1 - t0); seen.push(performance.now() - t1)
  server.push(Date.parse(p.settledAt) - Date.parse(p.createdAt))
}
const q = (a: number[], f: number) => a.toSorted((x, y) => x - y)[Math.floor(a.length * f)]!.toFixed(1)
for (const [n, a] of Object.entries({ 'createdAt→settledAt': server, 'reply→seen CONFIRMED': seen, 'POST reply': accept })) console.log(n, 'p50', q(a, .5), 'p95', q(a, .95))
await closeAll()
