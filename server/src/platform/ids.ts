import { uuidv7 } from 'uuidv7'

/** A new UUIDv7 (RFC 9562), lower case. Rises within a process, so primary keys stay local in their index. */
export const newId = (): string => uuidv7()

/** Where the ids of a time begin. */
export function idAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}
