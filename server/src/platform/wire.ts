/** What a row becomes in JSON; the same rules hold for the Python side. */
export type Wire<T> = T extends number | string | boolean | null
  ? T
  : T extends Date | bigint | Uint8Array
    ? string
    : T extends { toFixed(): string }
      ? string
      : T extends (infer Item)[]
        ? Wire<Item>[]
        : T extends object
          ? { [K in keyof T]: Wire<T[K]> }
          : T

/**
 * Times become RFC 3339 with milliseconds and `Z`, whole numbers beyond a double become decimal strings, bytes become
 * base64. Works on rows of `pg` and of Prisma (whose Decimal is told by its `toFixed`).
 */
export function toWire<T>(value: T): Wire<T>
export function toWire(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? value.toString() : value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map((item) => toWire(item))
  if (isDecimal(value)) return value.toFixed()
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toWire(inner)]))
}

function isDecimal(value: object): value is { toFixed(): string } {
  return 'toFixed' in value && typeof value.toFixed === 'function'
}
