export { TypePattern } from './contract.ts'
export { eventRoutes } from './routes.ts'
export { eventJson, isWanted, type Told } from './rules.ts'
export { eventStreams } from './streams.ts'
