import type { Static } from 'typebox'
import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'
import { inject } from 'vitest'
import { chainClient } from '../../src/embedded/chain-client.ts'
import type { Break, BreakPage } from '../../src/modules/payments/reconciliation/contract.ts'
import type { TestApp } from './app.ts'
import { type Client, expectOk } from './client.ts'
import { type AgentView, aFundedAgent, type WalletView } from './factories.ts'
import type { TestInfrastructure } from './infrastructure.ts'
import { until } from './until.ts'

export type BreakView = Static<typeof Break>
type Page = Static<typeof BreakPage>
type Chain = TestInfrastructure['chain']

/** Nobody's: what it has was not paid by us. */
export const THIEF: Address = '0x000000000000000000000000000000000000bEEF'

const token = parseAbi([
  'function transfer(address to, uint256 value) returns (bool)',
  'function approve(address spender, uint256 value) returns (bool)',
  'function transferFrom(address from, address to, uint256 value) returns (bool)',
])
type TokenCall =
  | ['transfer', [Address, bigint]]
  | ['approve', [Address, bigint]]
  | ['transferFrom', [Address, Address, bigint]]

export const tokenCall = (...[functionName, args]: TokenCall): { to: Address; data: Hex } => ({
  to: inject('infrastructure').chain.token,
  data: encodeFunctionData({ abi: token, functionName, args } as Parameters<typeof encodeFunctionData>[0]),
})

/** Past Wedi: with the account's own key, which the node lends. */
export async function sendFrom(
  from: Address,
  what: { to: Address; data?: Hex; value?: bigint },
  { rpcUrl }: Pick<Chain, 'rpcUrl'> = inject('infrastructure').chain,
): Promise<Hex> {
  const client = chainClient(rpcUrl)
  await client.impersonateAccount({ address: from })
  const free = { gas: 200_000n, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }
  const hash = await client.sendTransaction({ account: from, chain: null, ...free, ...what })
  await client.waitForTransactionReceipt({ hash })
  await client.stopImpersonatingAccount({ address: from })
  return hash
}

export const listBreaks = (client: Client, query = '') => expectOk(client.get<Page>(`/v1/reconciliation${query}`))

/** Everything that happened before the call is looked at. */
export async function reconciled({ admin }: TestApp, now = new Date()): Promise<void> {
  let last: string | null = null
  await until(
    'everything is reconciled',
    async () => {
      last = (await listBreaks(admin)).reconciledUntil
      return last !== null && new Date(last) >= now
    },
    { last: () => last },
  )
}

export type KnownWallet = WalletView & { address: Address }

/** An agent whose wallet holds 1000 of the token and has a book that says so. */
export async function aKnownAgent(app: TestApp): Promise<{ agent: AgentView; wallet: KnownWallet }> {
  const { agent, wallet } = await aFundedAgent(app, { funds: '1000' })
  await reconciled(app)
  return { agent, wallet: wallet as KnownWallet }
}

export const breaksOf = async (app: TestApp, agentId: string): Promise<BreakView[]> =>
  (await listBreaks(app.admin, `?agentId=${agentId}`)).data

export async function breakOf(app: TestApp, agentId: string, kind: string): Promise<BreakView> {
  let seen: BreakView[] = []
  return until(
    `there is a ${kind}`,
    async () => {
      seen = await breaksOf(app, agentId)
      return seen.find((each) => each.kind === kind)
    },
    { last: () => seen },
  )
}

/** Once every book (or the wallet's) has a doubt, all are as old as if they had been there for so long. */
export async function doubtedFor(app: TestApp, ms: number, walletId?: string): Promise<void> {
  await until('it is doubted', async () => {
    const books = await app.query<{ doubts: object }>(
      'select doubts from wallet_book where $1::uuid is null or wallet_id = $1',
      [walletId ?? null],
    )
    return books.every(({ doubts }) => Object.keys(doubts).length > 0)
  })
  await app.query(
    `update wallet_book set doubts = (
       select coalesce(jsonb_object_agg(key, value || jsonb_build_object(
                'since', (value->>'since')::timestamptz - $1::int * interval '1 millisecond')), '{}')
       from jsonb_each(doubts))`,
    [ms],
  )
}

export const agentStatus = async ({ admin }: TestApp, agentId: string): Promise<AgentView['status']> =>
  (await expectOk(admin.get<AgentView>(`/v1/agents/${agentId}`))).status
