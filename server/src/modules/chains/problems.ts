import { defineProblems } from '#platform/problem'

export const chainProblems = defineProblems('chain', {
  unknown: [400, 'The chain is not configured here; `GET /v1/chains` lists those that are.'],
  unavailable: [503, 'The chain cannot be reached at the moment. Nothing was changed; try again.'],
})

export const assetProblems = defineProblems('asset', {
  unknown: [400, 'There is no such asset on its chain.'],
})

export const faucetProblems = defineProblems('faucet', {
  notHere: [404, 'There is no faucet: it exists only with the embedded development chain.'],
})
