// A Prisma generator: writes what raw SQL gives us, row by row, as TypeScript. One source for the shape of a table,
// the schema; `prisma generate` runs this beside Prisma's own client.
//
// The types are those of server/src/platform/database/row-types.ts. What could not be read exactly by those parsers is
// refused here, when the schema is written, and not found out later in an amount.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import helper from '@prisma/generator-helper'

// Biome's width, and the length of a key after which it never breaks a line, so that the file is as Biome would have it.
const LINE_WIDTH = 120
const SHORT_KEY = 4

const HEADER = '// Generated from database/schema. Do not edit.\n'

const COLUMNS_OF = `
export type ModelName = keyof typeof columns

/** The same columns of a table that has another name in the statement: \`p.id, p.organization_id AS "organizationId"\`. */
export function columnsOf(model: ModelName, tableAlias: string): string {
  return columns[model].replaceAll(/(^|, )/g, \`$1\${tableAlias}.\`)
}
`

/** What PostgreSQL only takes as a column's name in quotes (its reserved key words, and those of functions and types). */
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
  concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from
  full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime
  localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning
  right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user
  using variadic verbose when where window with`.split(/\s+/),
)

helper.generatorHandler({
  onManifest: () => ({ defaultOutput: '../generated', prettyName: 'rows and columns' }),
  async onGenerate({ dmmf, generator }) {
    const folder = generator.output.value
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'contracts.ts'), contractsOf(dmmf.datamodel))
  },
})

/** @param {import('@prisma/generator-helper').DMMF.Datamodel} datamodel */
function contractsOf({ enums, models }) {
  const sections = [HEADER, ...enums.map(enumOf), ...models.map(rowOf), columnsOfAll(models), COLUMNS_OF]
  return sections.join('').replaceAll(/\n{3,}/g, '\n\n')
}

function enumOf({ name, values, documentation }) {
  for (const value of values) {
    // A row holds PostgreSQL's value; Prisma would give another one for the same row.
    if (value.dbName && value.dbName !== value.name)
      throw new Error(`${name}.${value.name}: an enum's values keep their name`)
  }
  const quoted = values.map((value) => `'${value.name}'`)
  const line = `export const ${name} = [${quoted.join(', ')}] as const\n`
  const tuple = fits(line)
    ? line
    : `export const ${name} = [\n${quoted.map((value) => `  ${value},\n`).join('')}] as const\n`
  return `\n${docOf(documentation)}${tuple}export type ${name} = (typeof ${name})[number]\n`
}

function rowOf(model) {
  const members = columnsIn(model).map(
    (field) => `${docOf(field.documentation, '  ')}  ${field.name}: ${typeOf(model, field)}\n`,
  )
  return `\n${docOf(model.documentation)}export interface ${model.name}Row {\n${members.join('')}}\n`
}

function typeOf(model, field) {
  const type = field.kind === 'enum' ? field.type : scalarOf(model, field)
  if (field.isList) return `${type}[]`
  return field.isRequired || type === 'unknown' ? type : `${type} | null`
}

function scalarOf(model, { name, type, nativeType }) {
  const refuse = (why) => {
    throw new Error(`${model.name}.${name}: ${why}`)
  }
  const [native, parameters = []] = nativeType ?? []
  switch (type) {
    case 'String':
      return 'string'
    case 'Boolean':
      return 'boolean'
    case 'Int':
    case 'Float':
      return 'number'
    case 'BigInt':
      return 'bigint'
    case 'Decimal':
      return native === 'Decimal' && parameters[1] === '0' ? 'bigint' : refuse('a Decimal is whole: @db.Decimal(78, 0)')
    case 'DateTime':
      return native === 'Timestamptz' ? 'Date' : refuse('a DateTime is a moment: @db.Timestamptz(3)')
    case 'Json':
      return 'unknown'
    case 'Bytes':
      return 'Buffer'
    default:
      return refuse(`raw SQL has no type here for ${type}`)
  }
}

function columnsOfAll(models) {
  const members = models.map((model) => {
    const key = model.name.charAt(0).toLowerCase() + model.name.slice(1)
    const list = `'${columnsIn(model).map(columnOf).join(', ')}',\n`
    return key.length <= SHORT_KEY || fits(`  ${key}: ${list}`) ? `  ${key}: ${list}` : `  ${key}:\n    ${list}`
  })
  return `\n/** What to select (or return) so that a row is the model's, under Prisma's names. */
export const columns = {\n${members.join('')}} as const\n`
}

function columnOf({ name, dbName, kind, isList }) {
  const column = dbName ?? name
  // The driver does not know an enum's array and would leave it as text.
  if (kind === 'enum' && isList) return `${identifier(column)}::text[] AS "${name}"`
  return column === name ? identifier(column) : `${identifier(column)} AS "${name}"`
}

function identifier(column) {
  return /^[a-z_][a-z0-9_]*$/.test(column) && !RESERVED.has(column) ? column : `"${column}"`
}

/** Relations are not columns. */
function columnsIn(model) {
  return model.fields.filter((field) => field.kind === 'scalar' || field.kind === 'enum')
}

function docOf(documentation, indent = '') {
  if (!documentation) return ''
  const lines = documentation.replaceAll('*/', '*\\/').split('\n')
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`
}

function fits(line) {
  return line.trimEnd().length <= LINE_WIDTH
}
