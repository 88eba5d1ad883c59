import { randomBytes } from 'node:crypto'
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
/**
 * Records of the same size as ours, made once: the peer neither salts nor hashes, so what that costs stays in our figure.
 * Random like ours, since PostgreSQL would otherwise compress them.
 */
const RECORDS = {
  'agent.created': recordOf({ name: 'bench payer', runtime: 'HOSTED', maxConcurrency: 10 }, 673),
  'capability.changed': recordOf(
    {
      ...{
        tags: [],
        assets: [],
        chains: [],
        limits: [],
        payees: { deny: [], allow: [] },
        revision: 1,
        expiresAt: null,
      },
      ...{ providers: [], taskTypes: [], authorityLevel: 'OBSERVE', approvalThreshold: [] },
    },
    1149,
  ),
  'wallet.requested': recordOf({ provider: 'local' }, 594),
}
const LEAF_HASH = randomBytes(32)

function recordOf(inputs: object, leafLength: number) {
  const salts = Object.fromEntries(Object.keys(inputs).map((name) => [name, randomBytes(16).toString('base64')]))
  return { inputs, salts, leaf: randomBytes(leafLength).toString('base64').slice(0, leafLength) }
}

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
  const decision = (type: keyof typeof RECORDS, subject: string, more: { wallet?: string; revision?: number } = {}) => {
    const { inputs, salts, leaf } = RECORDS[type]
    return step(
      'decisions.append',
      ...[uuidv7(), type, null, '[]', ACTOR, subject, id, null, null, null, more.wallet ?? null],
      ...[more.revision ?? null, more.revision ? 'OBSERVE' : null, leaf, LEAF_HASH, now, inputs, salts],
    )
  }
  const none: string[] = []
  return [
    step('agents.insert', id, name, description ?? null, 'HOSTED', labels ?? [], {}, 10, now),
    decision('agent.created', `agent:${id}`),
    step('jobs.request', 'assignment<agent.changed', id, {}, 0),
    step('health.begin', id, 'Nothing is known of it yet.', now),
    step(
      'capabilities.insert',
      ...[id, 1, 'OBSERVE', none, none, none, none, none, none, none],
      ...['[]', '[]', null, ACTOR, now],
    ),
    decision('capability.changed', `agent:${id}`, { revision: 1 }),
    step('wallets.insert', walletId, id, 'local', now),
    decision('wallet.requested', `wallet:${walletId}`, { wallet: walletId }),
    step('jobs.request', 'wallets.provision', walletId, {}, 0),
  ]
}
