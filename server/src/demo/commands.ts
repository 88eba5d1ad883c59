import { type Api, Refused } from './api.ts'
import type { Entry } from './board.ts'
import type { DemoKeys } from './record.ts'
import { type Actor, actorOf, type Stage } from './stage.ts'

interface Next {
  readonly address: string
  readonly stage: Stage
  readonly actors: readonly Actor[]
  readonly entries: readonly Entry[]
  readonly keys: DemoKeys
}

/** Keys with no more rights than the commands need. Made once: asked for again, the server repeats its answer. */
export async function makeKeys(api: Api): Promise<DemoKeys> {
  const make = async (name: string, role: string) => {
    const body = { name: `Demo ${name}`, role }
    return (await api.create<{ secret: string }>('/v1/api-keys', body, `demo/key/${name}`)).secret
  }
  return { approver: await make('approver', 'APPROVER'), operator: await make('operator', 'OPERATOR') }
}

/** Three things to try, each a complete shell command under a comment. */
export async function nextLines(api: Api, next: Next): Promise<string[]> {
  if (!(await areKeysGood(next))) return ['', "The demo's keys were revoked; make one to try more: POST /v1/api-keys"]
  return ['', 'Try next:', '', ...(await approval(api, next)), '', ...explanation(next), '', ...payment(next)]
}

async function areKeysGood({ address, keys }: Next): Promise<boolean> {
  const answers = await Promise.all(
    [keys.approver, keys.operator].map((key) =>
      fetch(`${address}/v1/chains`, { headers: { authorization: `Bearer ${key}` } }),
    ),
  )
  return answers.every(({ ok }) => ok)
}

/** The largest payment that still waits; the limits of an agent when all were answered. */
async function approval(api: Api, next: Next): Promise<string[]> {
  const { stage, actors, entries, keys } = next
  const waiting = entries.filter(({ outcome, payment }) => outcome === 'held' && payment?.approvalId)
  const [largest] = waiting.toSorted((a, b) => (a.amount < b.amount ? 1 : -1))
  const id = largest?.payment?.approvalId
  if (largest && id && (await isPending(api, id))) {
    const payee = stage.nameOf(stage.payees.get(largest.task.payee) ?? '')
    const what = `${stage.format(largest.amount)} ${stage.symbol} to ${payee} (${largest.task.reference})`
    const body = { note: 'Looks right to me' }
    return [
      `# Approve the payment of ${what}, held for a person:`,
      curl(next, `approvals/${id}/approve`, { key: keys.approver, body }),
    ]
  }
  const { id: agentId, name } = actorOf(actors, 'treasurer')
  return [`# What ${name} may still spend:`, curl(next, `agents/${agentId}/limits`, { key: keys.approver })]
}

async function isPending(api: Api, id: string): Promise<boolean> {
  try {
    return (await api.get<{ status: string }>(`/v1/approvals/${id}`)).status === 'PENDING'
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return false
    throw error
  }
}

function explanation(next: Next): string[] {
  const denied = next.entries.find(({ outcome, view }) => outcome === 'denied' && view?.error?.decisionId)
  const path = denied ? `decisions/${denied.view?.error?.decisionId}` : 'decisions'
  const what = denied ? `Why ${denied.task.reference} was denied, and what would be allowed` : 'What was decided'
  return [`# ${what}:`, curl(next, path, { key: next.keys.approver })]
}

function payment(next: Next): string[] {
  const { stage, actors, keys } = next
  const { id: agentId, name } = actorOf(actors, 'payables')
  const amount = stage.parse('5')
  const payee = stage.payees.get('nordwind')
  const body = { agentId, payee, amount: String(amount), asset: stage.asset, reference: 'MINE-1' }
  return [
    `# Let ${name} pay ${stage.format(amount)} ${stage.symbol} of your own (repeated, it still pays once; change the key for another):`,
    curl(next, 'payments', { key: keys.operator, body, idempotencyKey: 'my-first-payment' }),
  ]
}

interface Call {
  readonly key: string
  readonly body?: Record<string, unknown>
  readonly idempotencyKey?: string
}

/** On one line and in single quotes: nothing in it means anything to a shell. */
function curl({ address }: Next, path: string, { key, body, idempotencyKey }: Call): string {
  const headers = [
    `Authorization: Bearer ${key}`,
    ...(body ? ['Content-Type: application/json'] : []),
    ...(idempotencyKey ? [`Idempotency-Key: ${idempotencyKey}`] : []),
  ]
  const sent = body ? ` -d '${JSON.stringify(body)}'` : ''
  return `curl -sS -w '\\n' ${headers.map((header) => `-H '${header}'`).join(' ')}${sent} '${address}/v1/${path}'`
}
