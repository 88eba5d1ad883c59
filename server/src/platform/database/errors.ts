/** Connection exceptions, shutdowns, crash recovery, too many connections; a deadlock, a lock waited for or a statement that ran too long. */
const UNAVAILABLE_STATES = /^(08|57P0|53300|40P01|55P03|57014)/
const UNAVAILABLE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT'])
/** Prisma's own codes for the same: not reachable, timed out, closed, no connection free, too many of them. */
const UNAVAILABLE_TO_PRISMA = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037'])
const UNAVAILABLE_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout/

/** True when the database could not be reached or is going away: nothing was committed, or nobody knows. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (UNAVAILABLE_STATES.test(code) || UNAVAILABLE_CODES.has(code) || UNAVAILABLE_WORDS.test(error.message)) return true
  if (UNAVAILABLE_TO_PRISMA.has(code) || UNAVAILABLE_STATES.test(stateUnderPrisma(error) ?? '')) return true
  if (error instanceof AggregateError) return error.errors.some(isUnavailable)
  return error.cause !== undefined && isUnavailable(error.cause)
}

/** The SQLSTATE of an error that Prisma has no code for, from where its adapter keeps it. */
function stateUnderPrisma(error: Error): string | undefined {
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } } }
  const code = meta?.driverAdapterError?.cause?.originalCode
  return typeof code === 'string' ? code : undefined
}

/** SQLSTATE of a PostgreSQL error, undefined for anything else. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.length === 5
    ? error.code
    : undefined
}

export const UNIQUE_VIOLATION = '23505'
export const DIVISION_BY_ZERO = '22012'
