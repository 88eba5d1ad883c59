import { defineProblems } from '#platform/problem'

export const walletProblems = defineProblems('wallet', {
  notFound: [404, 'No wallet here has this id.'],
  wrongStatus: [409, 'The wallet is not in a status this can be done in.'],
  moneyInFlight: [409, 'The wallet has payments that are not settled: wait for them, or cancel them first.'],
  agentRetired: [409, 'The agent is retired: it gets no more wallets.'],
  deliveryRefused: [401, 'The delivery is not signed with the secret of this webhook, or was not made just now.'],
  providerNotConfigured: [400, 'This wallet provider is not configured here.'],
})
