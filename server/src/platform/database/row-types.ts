import pg from 'pg'

type Parse = (text: string) => unknown

const { arrayParser, builtins, getTypeParser } = pg.types

/** The array types whose elements need a parser of ours; the driver's own would make a float of a numeric. */
const INT8_ARRAY = 1016
const NUMERIC_ARRAY = 1231
const TIMESTAMPTZ_ARRAY = 1185

const parsers: Readonly<Record<number, Parse>> = {
  [builtins.INT8]: BigInt,
  [builtins.NUMERIC]: toWhole,
  [builtins.TIMESTAMPTZ]: toDate,
  [INT8_ARRAY]: arrayOf(BigInt),
  [NUMERIC_ARRAY]: arrayOf(toWhole),
  [TIMESTAMPTZ_ARRAY]: arrayOf(toDate),
  // Without a zone these would silently be read in the server's own. No column of ours has them.
  [builtins.TIMESTAMP]: refuse('timestamp without time zone'),
  [builtins.DATE]: refuse('date'),
}

/**
 * How a row of raw SQL reads in TypeScript, the same as database/generated/contracts.ts says: int8 and numeric are
 * `bigint`, timestamptz is `Date`. Handed to our own connections only: Prisma's adapter brings its own parsers.
 */
export const rowTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => parsers[oid] ?? getTypeParser(oid, format),
}

/** Amounts are whole units in numeric(78,0): a fraction or NaN means a query divided, and is a bug. */
function toWhole(text: string): bigint {
  if (!/^-?\d+$/.test(text)) throw new TypeError(`numeric ${text} is not a whole number`)
  return BigInt(text)
}

function toDate(text: string): Date {
  const date: unknown = getTypeParser(builtins.TIMESTAMPTZ)(text)
  // The driver reads `infinity` as a number.
  if (!(date instanceof Date)) throw new TypeError(`timestamptz ${text} is not a moment`)
  return date
}

function arrayOf(parse: Parse): Parse {
  // The published type of arrayParser is another version's; this is what pg-types 2.2.0, which pg pins, exports.
  const { create } = arrayParser as unknown as {
    create(source: string, transform: (element: string | null) => unknown): { parse(): unknown[] }
  }
  return (text) => create(text, (element) => (element === null ? null : parse(element))).parse()
}

function refuse(type: string): Parse {
  return () => {
    throw new TypeError(`a column of type ${type} was selected; moments are timestamptz`)
  }
}
