import { defineProblems } from '#platform/problem'

export const linkProblems = defineProblems('payment-link', {
  notFound: [404, 'There is no such payment link here.'],
  denied: [403, 'The key or its agent may not ask for this; `reasons` says which rules said no.'],
  assetNotPayable: [
    400,
    'Only tokens that can be moved by a signature (EIP-3009, as USDC) can be asked for by a link.',
  ],
  closed: [410, 'The link takes no payment any more; `linkStatus` says why.'],
  notOpen: [409, 'The link is closed already.'],
  isBeingPaid: [409, 'A payment of the link is on its way: it is closed when that is settled.'],
  notPayable: [409, 'Whoever receives the payment cannot settle it just now; nothing was taken.'],
})
