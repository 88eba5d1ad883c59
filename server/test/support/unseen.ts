import type { Sightings } from './sightings.ts'

/** What cannot be seen in a test, each with its reason. */
const UNREACHABLE_ROUTES: Readonly<Record<string, string>> = {}
const UNREACHABLE_CODES: Readonly<Record<string, string>> = {
  'request.timeout': 'answered below Fastify, where nothing is recorded, and only after 30 s',
  'request.headersTooLarge': 'answered below Fastify, where nothing is recorded: connection.test.ts sees it',
}

/** Where the answers of a full run and the documented ones differ, one line each. */
export function faultsOf({ routes, codes, document, knownCodes }: Sightings): string[] {
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  const documented = new Set(
    operations.flatMap(({ operationId, responses }) =>
      Object.keys(responses).map((status) => `${operationId} ${status}`),
    ),
  )
  const unseen = [...documented].filter((pair) => !routes.has(pair) && !(pair in UNREACHABLE_ROUTES))
  const undocumented = [...routes].filter((pair) => !documented.has(pair))
  const unseenCodes = knownCodes.filter((code) => !codes.has(code) && !(code in UNREACHABLE_CODES))
  const unknownCodes = [...codes].filter((code) => !knownCodes.includes(code))
  const needless = [
    ...Object.keys(UNREACHABLE_ROUTES).filter((pair) => routes.has(pair) || !documented.has(pair)),
    ...Object.keys(UNREACHABLE_CODES).filter((code) => codes.has(code) || !knownCodes.includes(code)),
  ]
  return [
    ...unseen.map((pair) => `documented, never answered: ${pair}`),
    ...undocumented.map((pair) => `answered, not documented: ${pair}`),
    ...unseenCodes.map((code) => `in the catalogue, never answered: ${code}`),
    ...unknownCodes.map((code) => `answered, not in the catalogue: ${code}`),
    ...needless.map((name) => `listed as unreachable without need: ${name}`),
  ].sort()
}
