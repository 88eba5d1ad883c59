import { readFileSync } from 'node:fs'
import type { OpenApi } from '../support/sightings.ts'

/** One operation as the committed openapi.json describes it. */
export interface Operation {
  readonly operationId: string
  readonly method: string
  readonly path: string
  readonly params: readonly string[]
  readonly query: readonly string[]
  readonly hasBody: boolean
  readonly isPublic: boolean
  readonly statuses: readonly number[]
  /** Of a success. */
  readonly contentType: string | undefined
}

export const OPENAPI = new URL('../../../openapi.json', import.meta.url)

export const committedDocument = (): OpenApi => JSON.parse(readFileSync(OPENAPI, 'utf8')) as OpenApi

/** Signed by a provider instead of asked by a caller with a key: what they owe is in wallets/webhook.test.ts. */
export const DELIVERIES = ['receiveEngineWebhook']

/** Those that callers ask for. */
export function operationsOf(document: OpenApi): Operation[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, parameters = [], requestBody, security, responses }]) => ({
      ...{ operationId, path, method: method.toUpperCase() },
      params: parameters.filter((each) => each.in === 'path').map(({ name }) => name),
      query: parameters.filter((each) => each.in === 'query').map(({ name }) => name),
      hasBody: requestBody !== undefined,
      isPublic: security?.length === 0,
      statuses: Object.keys(responses).map(Number),
      contentType: Object.keys((responses['200'] ?? responses['201'] ?? responses['202'])?.content ?? {})[0],
    })),
  )
  return all.filter(({ operationId }) => !DELIVERIES.includes(operationId))
}

/** The one address that goes on for several segments. */
const A_TILE = '0/000'
/** Of a payment link that nobody has. */
const A_SLUG = 'nobodyHasThisSlug00000'

const fixed = (name: string): string | undefined => ({ '*': A_TILE, slug: A_SLUG })[name]

/** The address of an operation; ids that are not given are `otherwise`. */
export function addressOf(
  { path }: Operation,
  params: Readonly<Record<string, string>>,
  otherwise?: () => string,
): string {
  return path.replace(/\{(\w+|\*)\}/g, (_, name: string) => {
    const value = params[name] ?? fixed(name) ?? otherwise?.()
    if (value === undefined) throw new Error(`nobody says what ${name} is in ${path}`)
    return value
  })
}
