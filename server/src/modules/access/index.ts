export { ApiKey, CredentialBody, NewCredential } from './contract.ts'
export { accessRoutes } from './routes.ts'
export { isGrantedToAll, makeKey, parseKey } from './rules.ts'
export { type AccessService, accessService } from './service.ts'
