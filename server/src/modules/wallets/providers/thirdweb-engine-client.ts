import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { type JsonClient, jsonClient, type ProviderReply } from './json-client.ts'

const Refusal = Type.Object({
  error: Type.Object({ message: Type.String(), code: Type.String(), statusCode: Type.Integer() }),
})
const Unauthorized = Type.Object({ error: Type.String(), message: Type.String() })

export const engineClient = ({ url, token }: { url: string; token: string }): JsonClient =>
  jsonClient({ who: 'Engine', url, credentials: { authorization: `Bearer ${token}` }, secrets: [token], refusalOf })

/** A 4xx counts as a refusal only in Engine's own words: a proxy's may stand before an Engine that did act. */
function refusalOf({ status, body }: ProviderReply): string | undefined {
  const isClientError = status >= 400 && status < 500
  if (isClientError && Check(Refusal, body)) return `(${status} ${body.error.code}): ${body.error.message}`
  if (status === 401 && Check(Unauthorized, body)) return `our token: ${body.message}`
  return undefined
}

/** The code of an error in Engine's own shape. */
export function codeOf({ status, body }: ProviderReply): string | undefined {
  return status >= 400 && Check(Refusal, body) ? body.error.code : undefined
}
