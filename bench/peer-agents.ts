import { uuidv7 } from 'uuidv7'
import { statementCatalogue } from '../server/src/platform/database/statement.ts'
import '../server/src/app.ts'

/** One statement of the transaction: our own text under our own name, and what it is given. */
export interface Step {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

export interface NewAgent {
  readonly name: string
  readonly description?: string
  readonly labels?: string[]
}

const ACTOR = 'api-key:01980000-0000-7000-8000-000000000000'
const SALTS = { a: 'MDEyMzQ1Njc4OWFiY2RlZg==', b: 'MDEyMzQ1Njc4OWFiY2RlZg==', c: 'MDEyMzQ1Njc4OWFiY2RlZg==' }
/** As long as ours; the peer neither salts nor hashes: what that costs us stays in our figure. */
const LEAF = JSON.stringify({ ...SALTS, filling: 'x'.repeat(640) })
const LEAF_HASH = Buffer.alloc(32, 7)

export const textOf = (name: string): string => {
  const text = statementCatalogue.get(name)
  if (text === undefined) throw new Error(`there is no statement ${name} any more: see bench/peer-agents.ts`)
  return text
}

/** The first gives the agent back. Names and order are compared with what Wedi sends before anything is measured. */
export function stepsOf(organizationId: string, { name, description, labels }: NewAgent): Step[] {
  const id = uuidv7()
  const walletId = uuidv7()
  const now = new Date()
  const step = (statement: string, ...values: unknown[]): Step => ({
    ...{ name: statement, text: textOf(statement) },
    values: [organizationId, ...values],
  })
  const decision = (type: string, subject: string, inputs: object, more: { wallet?: string; revision?: number } = {}) =>
    step(
      'decisions.append',
      ...[uuidv7(), type, null, '[]', ACTOR, subject, id, null, null, null, more.wallet ?? null],
      ...[more.revision ?? null, more.revision ? 'OBSERVE' : null, inputs, SALTS, LEAF, LEAF_HASH, now],
    )
  const none: string[] = []
  return [
    step('agents.insert', id, name, description ?? null, 'HOSTED', labels ?? [], {}, 10, now),
    decision('agent.created', `agent:${id}`, { name, runtime: 'HOSTED', maxConcurrency: 10 }),
    step('jobs.request', 'assignment<agent.changed', id, {}, 0),
    step(
      'capabilities.insert',
      ...[id, 1, 'OBSERVE', none, none, none, none, none, none, none],
      ...['[]', '[]', null, ACTOR, now],
    ),
    decision(
      'capability.changed',
      `agent:${id}`,
      { revision: 1, authorityLevel: 'OBSERVE', limits: [] },
      { revision: 1 },
    ),
    step('agents.lockShared', id),
    step('wallets.insert', walletId, id, 'local', now),
    decision('wallet.requested', `wallet:${walletId}`, { provider: 'local' }, { wallet: walletId }),
    step('jobs.request', 'wallets.provision', walletId, {}, 0),
  ]
}
