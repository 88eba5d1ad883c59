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
export type { Context, Intent } from './runner/context.ts'
export { type Failure, PaymentFailed, TaskFailure, TaskLost } from './runner/failure.ts'
export type { GivenOptions as AgentOptions } from './runner/options.ts'
export type { Program } from './runner/run.ts'
export { type RunningAgent, runAgent } from './runner/run-agent.ts'
