export type { Authorization, SigningDomain } from './authorization.ts'
export type { Incoming, Unit } from './incoming.ts'
export type { Sent } from './ledger.ts'
export { assetProblems, chainProblems } from './problems.ts'
export { chainRoutes } from './routes.ts'
export { type Call, ChainUnavailable, type Receipt } from './rpc.ts'
export type { Intent } from './rules.ts'
export {
  type ChainService,
  type ChainSettings,
  chainService,
  type Faucet,
  type Preflight,
  type Price,
} from './service.ts'
