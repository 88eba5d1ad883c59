export { ApiKey, CredentialBody, NewCredential } from './contract.ts'
export { accessRoutes } from './routes.ts'
export { base62, isGrantedToAll, makeKey, parseKey } from './rules.ts'
export { type AccessService, accessService } from './service.ts'
