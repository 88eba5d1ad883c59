export {
  ApiKey,
  ApiKeyPage,
  CredentialBody,
  CredentialParams,
  CredentialQuery,
  GraceSeconds,
  NewCredential,
} from './contract.ts'
export { keyProblems } from './problems.ts'
export { accessRoutes } from './routes.ts'
export { base62, isGrantedToAll, makeKey, parseKey } from './rules.ts'
export { type AccessService, accessService } from './service.ts'
