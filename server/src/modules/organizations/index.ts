export { organizationRoutes } from './routes.ts'
export { type OrganizationService, organizationService } from './service.ts'
