export { Wedi, type WediOptions } from './client.ts'
export { type FieldError, WediError } from './error.ts'
export type {
  Agent,
  Approval,
  CallOptions,
  Capability,
  Decision,
  Input,
  Item,
  ListPath,
  Method,
  PathWith,
  Payment,
  Reply,
  Task,
  Wallet,
} from './operations.ts'
