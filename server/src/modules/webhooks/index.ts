export { webhookRoutes } from './routes.ts'
export { type WebhookService, webhookService } from './service.ts'
