import { uuidv7 } from 'uuidv7'

/** A new UUIDv7 (RFC 9562), lower case. Rises within a process, so primary keys stay local in their index. */
export const newId = (): string => uuidv7()
