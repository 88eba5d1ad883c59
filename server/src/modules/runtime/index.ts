export { LINK_PAID_TASK, PAYOUT_KEYS } from './link-paid.ts'
export { payAsAsked } from './program.ts'
export { hostAgents } from './service.ts'
