export { PAYMENT_TASK, PaymentPayload } from './contract.ts'
export { taskRoutes } from './routes.ts'
export { type AssignmentService, assignmentService } from './service.ts'
