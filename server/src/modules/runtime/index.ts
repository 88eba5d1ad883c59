export { LINK_PAID_TASK } from './link-paid.ts'
export { payAsAsked } from './program.ts'
export { hostAgents } from './service.ts'
