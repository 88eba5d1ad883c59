import { Type } from 'typebox'
import { AssetId, body, Chain, PositiveAmount } from '#platform/schemas'

export const ChainView = Type.Object({
  chain: Chain,
  name: Type.String(),
  rpcUrl: Type.Optional(Type.String({ description: 'Only of the embedded development chain' })),
  assets: Type.Array(Type.Object({ asset: AssetId, symbol: Type.String(), decimals: Type.Integer() })),
})
export const ChainList = Type.Array(ChainView)

export const FaucetBody = body({
  address: Type.String({ pattern: '^(eip155:[1-9][0-9]{0,15}:)?0x[0-9a-fA-F]{40}$' }),
  asset: AssetId,
  amount: PositiveAmount,
})
export const Funded = Type.Object({ address: Type.String(), asset: AssetId, balance: Type.String() })
