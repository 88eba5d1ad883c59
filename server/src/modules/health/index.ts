export { healthRoutes } from './routes.ts'
export type { ErrorClass, Sample } from './rules.ts'
export { type HealthService, healthService } from './service.ts'
