export { AgentParams } from './contract.ts'
export { agentProblems } from './problems.ts'
export { agentRoutes } from './routes.ts'
export { type AgentService, agentService } from './service.ts'
