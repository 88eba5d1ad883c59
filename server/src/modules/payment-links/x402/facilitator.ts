import type { ChainService } from '#modules/chains'
import { ChainUnavailable } from '#modules/chains'
import type { ChainId } from '#platform/caip'
import type { Payload, Requirements } from './wire.ts'

/** Somebody else who checks payments and carries them to the chain. Its word is a hint: what counts is on the chain. */
export interface Facilitator {
  /** The reason why not; undefined when it is good. Throws when nobody answers. */
  verify(payload: Payload, requirements: Requirements): Promise<string | undefined>
  /** What it says of it; whatever happens to the answer, it may have settled. */
  settle(payload: Payload, requirements: Requirements): Promise<void>
}

/** A facilitator elsewhere, by its address. */
export async function remoteFacilitator(url: string): Promise<Facilitator> {
  const { HTTPFacilitatorClient } = await import('@x402/core/server')
  const client = new HTTPFacilitatorClient({ url })
  return {
    async verify(payload, requirements) {
      const { isValid, invalidReason } = await client.verify(payload, asTheirs(requirements))
      return isValid ? undefined : (invalidReason ?? 'invalid_payment')
    },
    async settle(payload, requirements) {
      await client.settle(payload, asTheirs(requirements))
    },
  }
}

/** The library's name for a chain is any text with a colon. */
const asTheirs = (requirements: Requirements) => ({ ...requirements, network: requirements.network as ChainId })

/** Nobody is asked to send anything by whoever only checks. */
const sends = (): never => {
  throw new Error('who verifies does not send')
}

/**
 * The check of signature, time, balance and nonce, by the protocol\'s own library with our own look at the chain. A node
 * that does not answer is told apart from a payment that is not good.
 */
export async function verifyHere(
  chains: ChainService,
  payload: Payload,
  requirements: Requirements,
): Promise<string | undefined> {
  const { ExactEvmScheme } = await import('@x402/evm/exact/facilitator')
  const reader = chains.reader(requirements.network as ChainId)
  let silence: ChainUnavailable | undefined
  const heard = async <T>(question: Promise<T>): Promise<T> => {
    try {
      return await question
    } catch (error) {
      if (error instanceof ChainUnavailable) silence = error
      throw error
    }
  }
  const scheme = new ExactEvmScheme({
    getAddresses: () => [],
    getCode: (of) => heard(reader.getCode(of)),
    readContract: (call) => heard(reader.readContract(call as Parameters<typeof reader.readContract>[0])),
    ...{ verifyTypedData: sends, writeContract: sends, sendTransaction: sends, waitForTransactionReceipt: sends },
  })
  const said = await scheme.verify(payload, asTheirs(requirements))
  if (said.isValid) return undefined
  if (silence) throw silence
  return said.invalidReason ?? 'invalid_payment'
}
