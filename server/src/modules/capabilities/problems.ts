import { defineProblems } from '#platform/problem'

export const capabilityProblems = defineProblems('capability', {
  notFound: [404, 'No agent here has this id.'],
  retired: [409, 'The agent is retired: what it may do cannot be changed any more.'],
})
