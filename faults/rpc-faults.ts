import { type Hex, keccak256 } from 'viem'
import type { Random } from './random.ts'

export interface RpcRequest {
  readonly id: unknown
  readonly method: string
  readonly params?: readonly unknown[]
}
export type RpcAnswer = { readonly [field: string]: unknown }

/** What the node at the other end of a lane does with a request. `forward` really asks the chain. */
export type RpcReaction =
  | { readonly kind: 'answer'; readonly body: RpcAnswer | readonly RpcAnswer[] }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'garbage' }
  | { readonly kind: 'reset' }

export interface Lane {
  readonly forward: (request: RpcRequest) => Promise<RpcAnswer>
  readonly pause: (ms: number) => Promise<unknown>
  readonly random: Random
}

type Act = (request: RpcRequest, lane: Lane) => Promise<RpcReaction>
interface RpcFault {
  /** Undefined: every method. */
  readonly methods?: readonly string[]
  readonly act: Act
}

const SEND = ['eth_sendRawTransaction']
const answer = (body: RpcAnswer): RpcReaction => ({ kind: 'answer', body })
const result = ({ id }: RpcRequest, value: unknown): RpcReaction => answer({ jsonrpc: '2.0', id, result: value })
const hashOf = ({ params }: RpcRequest) => keccak256(params?.[0] as Hex)

/** A quantity of the true answer, changed. */
const bent =
  (change: (value: bigint, random: Random) => bigint): Act =>
  async (request, lane) => {
    const truth = await lane.forward(request)
    if (typeof truth.result !== 'string') return answer(truth)
    const value = change(BigInt(truth.result), lane.random)
    return result(request, `0x${(value > 0n ? value : 0n).toString(16)}`)
  }

/** Everything a node between us and the chain can do, by the name the table shows. */
export const RPC_FAULTS = {
  'rpc: reply lost after the effect': {
    act: async (request, { forward }) => {
      await forward(request)
      return { kind: 'reset' }
    },
  },
  'rpc: 502 after the effect': {
    act: async (request, { forward }) => {
      await forward(request)
      return { kind: 'status', status: 502 }
    },
  },
  'rpc: answered late': {
    act: async (request, { forward, pause, random }) => {
      const truth = await forward(request)
      await pause(random.between(100, 2000))
      return answer(truth)
    },
  },
  'rpc: done twice': {
    act: async (request, { forward }) => {
      await forward(request)
      return answer(await forward(request))
    },
  },
  'rpc: connection reset': { act: async () => ({ kind: 'reset' }) },
  'rpc: 429': { act: async () => ({ kind: 'status', status: 429 }) },
  'rpc: garbage': { act: async () => ({ kind: 'garbage' }) },
  'rpc: header not found': {
    act: async ({ id }) => answer({ jsonrpc: '2.0', id, error: { code: -32000, message: 'header not found' } }),
  },
  'rpc: broadcast dropped': { methods: SEND, act: async (request) => result(request, hashOf(request)) },
  'rpc: broadcast delayed past later ones': {
    methods: SEND,
    act: async (request, { forward, pause, random }) => {
      const laterMs = random.between(100, 1500)
      void pause(laterMs)
        .then(() => forward(request))
        .catch(() => undefined)
      return result(request, hashOf(request))
    },
  },
  'rpc: receipt not found': { methods: ['eth_getTransactionReceipt'], act: async (request) => result(request, null) },
  'rpc: stale block number': {
    methods: ['eth_blockNumber'],
    act: bent((block, random) => block - BigInt(random.between(1, 3))),
  },
  'rpc: stale nonce': {
    methods: ['eth_getTransactionCount'],
    act: bent((nonce, random) => nonce - BigInt(random.between(1, 2))),
  },
  'rpc: another chain': { methods: ['eth_chainId'], act: async (request) => result(request, '0x1') },
  'rpc: fee spike': {
    methods: ['eth_gasPrice', 'eth_maxPriorityFeePerGas'],
    act: bent((fee, random) => fee + BigInt(random.between(1, 100)) * 10n ** 9n),
  },
} satisfies Record<string, RpcFault>

export type RpcFaultName = keyof typeof RPC_FAULTS
export const RPC_FAULT_NAMES = Object.keys(RPC_FAULTS) as RpcFaultName[]

export const rpcFault = (name: RpcFaultName): RpcFault => RPC_FAULTS[name]

export function appliesTo(name: RpcFaultName, { method }: RpcRequest): boolean {
  const { methods } = rpcFault(name)
  return methods === undefined || methods.includes(method)
}
