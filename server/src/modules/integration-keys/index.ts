export { integrationKeyRoutes } from './routes.ts'
export { type IntegrationKeyService, integrationKeyService } from './service.ts'
