import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { type JsonClient, jsonClient, type ProviderReply } from './json-client.ts'

export interface HostedSettings {
  readonly secretKey: string
  readonly vaultToken?: string | undefined
  /** One address for both APIs, in place of thirdweb's own two. */
  readonly url?: string | undefined
  readonly timeoutsMs?: HostedTimeouts
}

/** Of one exchange: making a wallet takes the provider longer than anything else. */
export interface HostedTimeouts {
  readonly open: number
  readonly call: number
}

const WALLETS_URL = 'https://api.thirdweb.com/v1'
const TRANSACTIONS_URL = 'https://engine.thirdweb.com/v1'

/** thirdweb's two hosted APIs: wallets are made by one, transactions are sent by the other. */
export interface HostedClients {
  readonly wallets: JsonClient
  readonly transactions: JsonClient
}

export function hostedClients({ secretKey, vaultToken, url }: HostedSettings): HostedClients {
  const credentials = {
    'x-secret-key': secretKey,
    ...(vaultToken !== undefined && { 'x-vault-access-token': vaultToken }),
  }
  const secrets = [secretKey, vaultToken ?? '']
  const at = (address: string) => jsonClient({ who: 'thirdweb', url: url ?? address, credentials, secrets, refusalOf })
  return { wallets: at(WALLETS_URL), transactions: at(TRANSACTIONS_URL) }
}

const Words = Type.Object({
  error: Type.Object({
    message: Type.String(),
    details: Type.Optional(Type.Object({ type: Type.String() })),
  }),
})
const AT_THE_DOOR = [401, 402, 403]

/**
 * Few statuses are a no: the transactions API also passes on the status its chain node answered with, and then names
 * that as the error's type. A validation error and what is refused at the door, without a type, was done nothing for.
 */
function refusalOf({ status, body }: ProviderReply): string | undefined {
  if (!Check(Words, body)) return undefined
  const { message, details } = body.error
  const isRefused = status === 400 ? details?.type === 'VALIDATION_ERROR' : AT_THE_DOOR.includes(status) && !details
  if (!isRefused) return undefined
  return status === 402 ? `for want of funds (402): ${message}` : `(${status}): ${message}`
}
