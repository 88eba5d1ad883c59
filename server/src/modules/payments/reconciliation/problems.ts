import { defineProblems } from '#platform/problem'

export const reconciliationProblems = defineProblems('reconciliation', {
  notFound: [404, 'No break here has this id.'],
  alreadyResolved: [409, 'The break is resolved already.'],
})
