import { defineProblems } from '#platform/problem'

export const organizationProblems = defineProblems('organization', {
  frozen: [409, 'The organisation is frozen already.'],
  notFrozen: [409, 'The organisation is not frozen.'],
})
