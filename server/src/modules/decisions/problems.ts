import { defineProblems } from '#platform/problem'

export const decisionProblems = defineProblems('decision', {
  notFound: [404, 'No decision here has this id.'],
  notIntegrated: [409, 'The decision is recorded and not in the tree yet: ask again in a moment.'],
  alreadyRedacted: [409, 'These fields of the decision were taken away before.'],
  notYours: [403, 'An agent may only add decisions of its own.'],
})

export const logProblems = defineProblems('log', {
  notFound: [404, 'The log has no such tile.'],
  behind: [409, 'The log has no checkpoint of what was recorded yet: ask again in a moment.'],
  inconsistent: [500, 'The log is not what was signed. Nothing of it is handed out until a person has looked at it.'],
})
