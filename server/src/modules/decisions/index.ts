export { Reason as ReasonSchema } from './contract.ts'
export { decisionRoutes } from './routes.ts'
export type { Reason } from './rules.ts'
export { type DecisionService, decisionService } from './service.ts'
