export { payRoutes } from './pay-routes.ts'
export { linkRoutes, type OriginOf } from './routes.ts'
export { linkService } from './service/index.ts'
export { type Facilitator, remoteFacilitator } from './x402/facilitator.ts'
