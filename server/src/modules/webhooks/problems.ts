import { defineProblems } from '#platform/problem'

export const webhookProblems = defineProblems('webhook', {
  notFound: [404, 'No webhook here has this id.'],
  deliveryNotFound: [404, 'No delivery of this webhook has this id.'],
  deliveryPending: [409, 'The delivery is still being tried.'],
  disabled: [409, 'The webhook is disabled: enable it first.'],
  tooMany: [409, 'An organisation has at most 50 webhooks: delete one first.'],
})
