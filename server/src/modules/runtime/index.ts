export { payAsAsked } from './program.ts'
export { hostAgents } from './service.ts'
