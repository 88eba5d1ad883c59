export { paymentFields } from './contract.ts'
export { approvalRoutes, paymentRoutes } from './routes.ts'
export { isOpen } from './rules.ts'
export { type PaymentService, paymentService } from './service/index.ts'
