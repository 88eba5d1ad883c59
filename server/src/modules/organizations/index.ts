export { InFlight } from './contract.ts'
export { organizationRoutes } from './routes.ts'
export { type InFlightView, type OrganizationService, organizationService } from './service.ts'
