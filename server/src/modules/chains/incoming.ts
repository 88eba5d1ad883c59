import type { Address, Hex, ReadContractParameters } from 'viem'
import type { Asset, ChainId } from '#platform/caip'
import { authorizationAbi, authorizationsIn, type SigningDomain, type UsedAuthorization } from './authorization.ts'
import { ChainUnavailable, type Page, type Rpc } from './rpc.ts'

/** A transfer of a token to an account, with the permissions that its transaction used. */
export interface Incoming {
  readonly from: Address
  readonly amount: bigint
  readonly hash: Hex
  readonly logIndex: number
  readonly blockNumber: bigint
  readonly authorizations: readonly UsedAuthorization[]
}

interface Chain {
  readonly node: Rpc
  readonly assets: readonly { asset: string; symbol: string; decimals: number }[]
}

/** How amounts of an asset are written for people. */
export interface Unit {
  readonly symbol: string
  readonly decimals: number
}
type Movement = Awaited<ReturnType<Rpc['movements']>>[number]
type Token = Asset & { kind: 'erc20' }

/** A span may hold thousands of transfers; a node is asked for a few at a time. */
const RECEIPTS_AT_ONCE = 20

const NOBODY: Address = '0x0000000000000000000000000000000000000001'
const NO_NONCE: Hex = `0x${'0'.repeat(64)}`

/** What is asked of a chain by whoever is paid: the money that comes, and the permissions it may come with. */
export function incoming(at: (chain: ChainId) => Chain) {
  const domains = new Map<string, SigningDomain | undefined>()
  const units = new Map<string, Unit>()

  /** As the contract answers; undefined when it does not know the question. */
  async function answerOf<T>(node: Rpc, call: ReadContractParameters): Promise<T | undefined> {
    const answer = await node.read(call)
    return 'value' in answer ? (answer.value as T) : undefined
  }

  async function withAuthorizations(node: Rpc, asset: Token, log: Movement): Promise<Incoming> {
    const { transactionHash: hash, logIndex, blockNumber } = log
    const { from, value: amount } = log.args
    const receipt = await node.receipt(hash)
    if (!receipt) throw new ChainUnavailable(`${asset.chain}: the node has no receipt of ${hash} yet`)
    return { from, amount, hash, logIndex, blockNumber, authorizations: authorizationsIn(receipt, asset.contract) }
  }

  return {
    /** Under which name a token's permissions are signed; undefined when it knows none (EIP-3009). A contract stays what it is. */
    async signingDomain(asset: Asset): Promise<SigningDomain | undefined> {
      if (asset.kind !== 'erc20') return undefined
      if (domains.has(asset.id)) return domains.get(asset.id)
      const { node } = at(asset.chain)
      const of = { address: asset.contract, abi: authorizationAbi } as const
      const [name, version, state] = await Promise.all([
        answerOf<string>(node, { ...of, functionName: 'name' }),
        answerOf<string>(node, { ...of, functionName: 'version' }),
        answerOf<boolean>(node, { ...of, functionName: 'authorizationState', args: [NOBODY, NO_NONCE] }),
      ])
      const domain = name !== undefined && version !== undefined && state === false ? { name, version } : undefined
      domains.set(asset.id, domain)
      return domain
    },

    /** As the settings say, else as the token does. */
    async unitOf(asset: Token): Promise<Unit> {
      const { node, assets } = at(asset.chain)
      const known = assets.find((each) => each.asset === asset.id) ?? units.get(asset.id)
      if (known) return { symbol: known.symbol, decimals: known.decimals }
      const said = (await node.token(asset.contract)) ?? { symbol: '', decimals: 0 }
      units.set(asset.id, said)
      return said
    },

    /** Whether a permission is used up, or was taken back: up to a block, or the newest. */
    async isAuthorizationUsed(asset: Token, used: UsedAuthorization, blockNumber?: bigint): Promise<boolean> {
      const { authorizer, nonce } = used
      const of = { address: asset.contract, abi: authorizationAbi, ...(blockNumber !== undefined && { blockNumber }) }
      const call = { ...of, functionName: 'authorizationState', args: [authorizer, nonce] } as const
      return (await answerOf<boolean>(at(asset.chain).node, call)) === true
    },

    /** When a block was made, in seconds since 1970: what permissions go by. */
    timeOf: (chain: ChainId, block: bigint): Promise<bigint> => at(chain).node.timeOf(block),

    /** Transfers of a token to an account in these blocks, in the order in which they happened. */
    async transfersTo(asset: Token, to: Address, { after, to: last }: Page): Promise<Incoming[]> {
      const { node } = at(asset.chain)
      if (last <= after) return []
      const logs = await node.movements([asset.contract], { to }, { from: after + 1n, to: last })
      const found: Incoming[] = []
      for (let first = 0; first < logs.length; first += RECEIPTS_AT_ONCE) {
        const some = logs.slice(first, first + RECEIPTS_AT_ONCE)
        found.push(...(await Promise.all(some.map((log) => withAuthorizations(node, asset, log)))))
      }
      return found
    },

    /** For whoever checks signatures with a library: reads of this chain that tell a refusal from a silence. */
    reader(chain: ChainId) {
      const { node } = at(chain)
      return {
        getCode: ({ address }: { address: Address }) => node.code(address),
        async readContract(call: ReadContractParameters): Promise<unknown> {
          const answer = await node.read(call)
          if ('value' in answer) return answer.value
          throw answer.refused
        },
      }
    },
  }
}
