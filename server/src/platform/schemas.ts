import { type TSchema, Type } from 'typebox'

/** Shapes that several modules put on the wire. */

export const Closed = { additionalProperties: false } as const

export const Uuid = Type.String({
  pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$',
  description: 'UUIDv7',
})
export const Time = Type.String({ format: 'date-time', description: 'RFC 3339, UTC, milliseconds' })
/** At most 78 digits, the width of numeric(78,0), which holds every uint256. */
export const Amount = Type.String({
  pattern: '^(0|[1-9][0-9]{0,77})$',
  description: "Whole number of the asset's smallest unit",
  examples: ['1500000'],
})
/** One digit less: every such number fits a uint256, so that a chain can be asked to move it. */
export const PositiveAmount = Type.String({
  pattern: '^[1-9][0-9]{0,76}$',
  description: "Whole number above zero of the asset's smallest unit",
  examples: ['1500000'],
})
export const Chain = Type.String({
  pattern: '^eip155:[1-9][0-9]{0,15}$',
  description: 'CAIP-2',
  examples: ['eip155:8453'],
})
export const AssetId = Type.String({
  pattern: '^eip155:[1-9][0-9]{0,15}/(slip44:60|erc20:0x[0-9a-fA-F]{40})$',
  description: 'CAIP-19; the native coin is `slip44:60`',
  examples: ['eip155:8453/erc20:0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913'],
})
export const Name = Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' })
export const Reason = Type.String({ minLength: 1, maxLength: 500 })
export const Label = Type.String({ minLength: 1, maxLength: 60 })
/** JSON of the caller's own; bounded by the body limit. */
export const Json = Type.Record(Type.String(), Type.Unknown())

/** How a stored JSON value is described in answers; what it holds was checked when it came in. */
export const stored = (schema: TSchema) => Type.Unsafe<unknown>(schema)

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])

/** A string that is one of the names of a Prisma enum. */
export const oneOf = <const T extends readonly string[]>(names: T) =>
  Type.Unsafe<T[number]>(Type.String({ enum: [...names] }))

export const body = <T extends Record<string, TSchema>>(properties: T) => Type.Object(properties, Closed)

export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 200, description: '`nextCursor` of the page before' })),
}

export const pageOf = <T extends TSchema>(item: T) =>
  Type.Object({ data: Type.Array(item), nextCursor: nullable(Type.String()) })

export interface PageRequest {
  readonly limit: number
  /** Lists run from the newest to the oldest: only ids below this one. */
  readonly before?: string
}

/** One page out of `limit + 1` rows: the extra row only tells that there are more. */
export function pageFrom<Row extends { id: string }>(rows: Row[], { limit }: PageRequest) {
  const data = rows.slice(0, limit)
  const last = data.at(-1)
  return { data, nextCursor: rows.length > limit && last ? Buffer.from(last.id).toString('base64url') : null }
}

/** The cursor's own text is a UUID: anything else was not made by us. */
export function decodeCursor(cursor: string): string | undefined {
  const id = Buffer.from(cursor, 'base64url').toString()
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id) ? id : undefined
}
