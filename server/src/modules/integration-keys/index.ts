export { integrationKeyRoutes } from './routes.ts'
export type { Collecting } from './rules.ts'
export { type IntegrationKeyService, integrationKeyService } from './service.ts'
