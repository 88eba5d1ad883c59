import { defineProblems } from '../problem.ts'

const kinds = defineProblems('idempotency', {
  mismatch: [409, 'This Idempotency-Key was used before with another request.'],
  in_progress: [409, 'The first request with this Idempotency-Key is still running; try again in a moment.'],
  keyRequired: [
    400,
    'Send an `Idempotency-Key` header: a text of your own, new for each payment, the same on each retry.',
  ],
})

export const idempotencyProblems = { ...kinds, inProgress: kinds.in_progress }
