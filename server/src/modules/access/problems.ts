import { defineProblems } from '#platform/problem'

export const keyProblems = defineProblems('key', {
  notFound: [404, 'No key here has this id.'],
  revoked: [409, 'The key is revoked already.'],
  lastAdmin: [409, 'This is the last admin key in force: make another before you revoke it.'],
  rotated: [409, 'The key was rotated already: rotate the one it was rotated to.'],
  expired: [409, 'The key has expired: make a new one.'],
})
