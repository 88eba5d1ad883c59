import { WalletStatus } from '@wedi/database'
import { Type } from 'typebox'
import { InFlight } from '#modules/organizations'
import {
  AssetId,
  body,
  Chain,
  Json,
  nullable,
  oneOf,
  PageQuery,
  pageOf,
  Reason,
  stored,
  Time,
  Uuid,
} from '#platform/schemas'
import { providerNames } from './provider.ts'

export const ProviderNameSchema = oneOf(providerNames)

export const Wallet = Type.Object({
  organizationId: Uuid,
  id: Uuid,
  agentId: Uuid,
  provider: Type.String({ enum: [...providerNames] }),
  address: nullable(Type.String({ description: 'EIP-55; null until the provider has made the account' })),
  status: oneOf(WalletStatus),
  statusReason: nullable(Type.String()),
  metadata: stored(Json),
  provisionAttempts: Type.Integer(),
  revision: Type.Integer(),
  createdAt: Time,
  updatedAt: Time,
})

export const FrozenWallet = Type.Object({ ...Wallet.properties, inFlight: InFlight })
export const WalletPage = pageOf(Wallet)
export const WalletQuery = Type.Object(PageQuery, { additionalProperties: false })
export const WalletParams = Type.Object({ walletId: Uuid })
export const WalletBody = body({ walletProvider: Type.Optional(ProviderNameSchema) })
export const WalletReason = body({ reason: Type.Optional(Reason) })

export const Balances = Type.Object({
  data: Type.Array(
    Type.Object({
      chain: Chain,
      asset: AssetId,
      symbol: Type.String(),
      decimals: Type.Integer(),
      amount: nullable(Type.String({ description: 'Smallest units; null when the chain did not answer' })),
    }),
  ),
})
