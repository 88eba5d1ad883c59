export { webhookRoutes } from './routes.ts'
export { webhookService } from './service.ts'
