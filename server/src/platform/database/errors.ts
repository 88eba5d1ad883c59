/** Connection exceptions, shutdowns, crash recovery, too many connections; a deadlock, a lock waited for or a statement that ran too long. */
const UNAVAILABLE_STATES = /^(08|57P0|53300|40P01|55P03|57014)/
const UNAVAILABLE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT'])
const UNAVAILABLE_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/

/** True when the database could not be reached or is going away: nothing was committed, or nobody knows. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (UNAVAILABLE_STATES.test(code) || UNAVAILABLE_CODES.has(code) || UNAVAILABLE_WORDS.test(error.message)) return true
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  return error.cause !== undefined && isUnavailable(error.cause)
}

/** SQLSTATE of a PostgreSQL error, undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.length === 5
    ? error.code
    : undefined
}

export const UNIQUE_VIOLATION = '23505'
