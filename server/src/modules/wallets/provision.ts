import type { JobHandler } from '#platform/jobs'
import type { ProviderName } from './provider.ts'
import type { WalletNeeds } from './service.ts'
import { walletStore } from './store.ts'

const OPENING_TIMEOUT_MS = 30_000
const SHOWN_REASON_LENGTH = 300
/** Of the places for jobs: a provider that hangs holds up no payment. */
const MAX_PROVISIONING = 16

/** Makes the accounts of wallets that were written down: tried with growing pauses until they are there. */
export function provisioning({ database, decisions, jobs, agents, providers, opened: announce }: WalletNeeds): void {
  const provision: JobHandler = async ({ organizationId, subject }) => {
    const wallet = await walletStore.find(database, organizationId, subject)
    if (wallet?.status !== 'PROVISIONING') return 'done'
    try {
      const provider = providers.get(wallet.provider as ProviderName)
      if (!provider) throw new Error(`the wallet provider ${wallet.provider} is not configured here`)
      const opened = await provider.open({ organizationId, id: wallet.id }, AbortSignal.timeout(OPENING_TIMEOUT_MS))
      await database.inOrganization(organizationId, async (tx) => {
        await agents.lockForChange(tx, wallet.agentId)
        const row = await walletStore.provisioned(tx, wallet.id, opened)
        if (!row) return
        await agents.furnished(tx, row.agentId)
        await announce(tx, row.id)
        await decisions.record(tx, 'system:wallets', {
          ...{ type: 'wallet.activated', subject: `wallet:${row.id}`, agentId: row.agentId, walletId: row.id },
          inputs: { provider: row.provider, address: row.address },
        })
      })
      return 'done'
    } catch (error) {
      const reason = String(error instanceof Error ? error.message : error).slice(0, SHOWN_REASON_LENGTH)
      await database.inOrganization(organizationId, async (tx) => {
        await agents.lockForChange(tx, wallet.agentId)
        if (!(await walletStore.notProvisioned(tx, wallet.id, reason))) return
        await agents.explain(tx, wallet.agentId, `its wallet is not there yet: ${reason}`)
      })
      throw error
    }
  }
  jobs.handle('wallets.provision', provision, { atMost: MAX_PROVISIONING })
}
