/**
 * Writes what the SDK knows of the API, out of openapi.json: the types of every operation, and which of them take an
 * Idempotency-Key. `--check` writes nothing and exits 1 when the committed files are others.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTypes, { astToString } from 'openapi-typescript'

const document = JSON.parse(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'))
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
)

/**
 * The client takes one object for all that a call needs: path, query and body are told apart by these names alone. Of the
 * answers only successes are types: everything else is a `WediError`.
 */
function simplify({ name, operation }) {
  const { parameters = [], requestBody, responses } = operation
  const inBody = Object.keys(requestBody?.content['application/json']?.schema.properties ?? {})
  const names = [...parameters.filter((each) => each.in !== 'header').map((each) => each.name), ...inBody]
  const twice = names.find((each, at) => names.indexOf(each) !== at)
  if (twice !== undefined)
    throw new Error(`${name} has two things named ${twice}: its path, query and body share one object`)
  operation.parameters = parameters.filter((each) => each.in !== 'header')
  operation.responses = Object.fromEntries(Object.entries(responses).filter(([status]) => status.startsWith('2')))
}

const keyed = operations
  .filter(({ operation }) => (operation.parameters ?? []).some((each) => each.name === 'idempotency-key'))
  .map(({ name }) => name)
for (const each of operations) simplify(each)

const head = '// Made by scripts/sdk-types.mjs from openapi.json.\n'
const files = {
  'api.ts': `${head}\n${astToString(await openapiTypes(document))}`,
  'keyed.ts': `${head}
/** Operations that answer a second call with the same Idempotency-Key as they answered the first. */
export const keyed: ReadonlySet<string> = new Set(${JSON.stringify(keyed, null, 2)})
`,
}

for (const [file, text] of Object.entries(files)) {
  const url = new URL(`../sdk/generated/${file}`, import.meta.url)
  if (!process.argv.includes('--check')) writeFileSync(url, text)
  else if (readFileSync(url, 'utf8') !== text) {
    console.error(`sdk/generated/${file} is not what openapi.json says: run node scripts/sdk-types.mjs`)
    process.exitCode = 1
  }
}
