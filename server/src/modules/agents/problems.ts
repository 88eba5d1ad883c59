import { defineProblems } from '#platform/problem'

export const agentProblems = defineProblems('agent', {
  notFound: [404, 'No agent here has this id.'],
  wrongStatus: [409, 'The agent is not in a status this can be done in.'],
  moneyInFlight: [409, 'The agent has payments that are not settled: wait for them, or cancel them first.'],
})

export const instanceProblems = defineProblems('instance', {
  notFound: [404, 'No instance here has this id.'],
  stopped: [409, 'The instance is stopped: start another.'],
  draining: [409, 'The instance is draining: it gets no more tasks.'],
  tooMany: [409, 'The agent has as many instances as it may have.'],
})
