import { defineProblems } from '#platform/problem'

export const eventProblems = defineProblems('event', {
  notYours: [403, "An agent's credential may only follow that agent."],
  tooManyStreams: [429, 'Too many streams are open: close one, or wait as long as `Retry-After` says.'],
})
