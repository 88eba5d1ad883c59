export { ProviderNameSchema } from './contract.ts'
export {
  ProviderError,
  type ProviderName,
  providerNames,
  type QueueStatus,
  type UnsignedTransaction,
  type WalletProvider,
} from './provider.ts'
export { localProvider } from './providers/local.ts'
export { thirdwebProvider } from './providers/thirdweb.ts'
export { thirdwebEngineProvider } from './providers/thirdweb-engine.ts'
export { walletRoutes } from './routes.ts'
export { SIGNING_TIMEOUT_MS, signingWallet, type WalletService, walletService } from './service.ts'
export { engineWebhookRoutes } from './webhook.ts'
