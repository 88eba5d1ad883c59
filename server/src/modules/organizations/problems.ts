import { defineProblems } from '#platform/problem'

export const organizationProblems = defineProblems('organization', {
  notFound: [404, 'There is no such organisation here.'],
  hasAdmin: [409, 'An admin key of the organisation is in force: whoever has it makes others.'],
  frozen: [409, 'The organisation is frozen already.'],
  notFrozen: [409, 'The organisation is not frozen.'],
})
