import { defineProblems } from '#platform/problem'

export const decisionProblems = defineProblems('decision', {
  notFound: [404, 'No decision here has this id.'],
})
