import { defineProblems } from '#platform/problem'

export const paymentProblems = defineProblems('payment', {
  notFound: [404, 'No payment here has this id.'],
  denied: [
    403,
    'The agent has no authority for this payment; `reasons` says which rules said no and what they would allow.',
  ],
  notYours: [403, "An agent's credential may only pay as that agent."],
  taskNotFound: [404, 'No task here has this id.'],
  taskTaken: [409, 'The task has a payment already.'],
  taskNotRunning: [409, 'The task is not being worked on by this agent.'],
  notCancelable: [409, 'The payment is on its way or settled: it cannot be canceled any more.'],
  frozen: [409, 'The payment is frozen already, or settled: there is nothing to freeze.'],
  notFrozen: [409, 'The payment is not frozen.'],
  notUnknown: [409, 'Only a payment whose outcome is unknown is settled by hand, and set aside once.'],
  notProven: [409, 'The chain does not show that this transaction made the payment; `detail` says why.'],
  contended: [503, 'Too many payments want the last of a limit at the same time. Nothing was reserved; try again.'],
})

export const approvalProblems = defineProblems('approval', {
  notFound: [404, 'No approval here has this id.'],
  notPending: [409, 'The approval was answered already, or is no longer needed.'],
  requester: [403, 'Who asked for a payment cannot approve it.'],
  frozen: [409, 'The organisation, agent or wallet is frozen: the approval stays open until it is not.'],
  stale: [409, 'What was asked for is no longer allowed: the payment is canceled and `reasons` says why.'],
})
