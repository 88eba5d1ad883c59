export { healthRoutes } from './routes.ts'
export type { ErrorClass, Sample } from './rules.ts'
export { type AgentStanding, type HealthService, healthService } from './service.ts'
