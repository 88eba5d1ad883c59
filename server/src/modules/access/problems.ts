import { defineProblems } from '#platform/problem'

export const keyProblems = defineProblems('key', {
  notFound: [404, 'No API key here has this id.'],
  revoked: [409, 'The API key is revoked already.'],
  lastAdmin: [409, 'This is the last admin key in force: make another before you revoke it.'],
})
