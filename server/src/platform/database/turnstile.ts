/**
 * Row locks do not queue: while payments share a row without pause, a freeze would wait for ever. An advisory lock does
 * queue, so whoever changes an organisation or an agent takes this first, alone, and whoever moves its money takes it
 * first as well, shared. SQL for the FROM clause of one statement; `id` is an expression of that statement.
 */
export const shared = (id: string): string => `(select pg_advisory_xact_lock_shared(${slot(id)})) as turnstile`
export const alone = (id: string): string => `(select pg_advisory_xact_lock(${slot(id)})) as turnstile`

const slot = (id: string): string => `hashtextextended('turnstile/' || ${id}::uuid::text, 0)`
