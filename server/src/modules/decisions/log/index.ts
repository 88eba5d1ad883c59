import type { KeyRing } from '#platform/crypto'
import type { Database, Tx } from '#platform/database/database'
import type { Jobs } from '#platform/jobs'
import type { Logger } from '#platform/log'
import { logFeed } from '../feed.ts'
import { type LogSettings, logKeys } from './keys.ts'
import { OperatorLog } from './operator.ts'
import { Sequencer } from './sequencer.ts'
import { logService } from './service.ts'
import { type WitnessTarget, witnessing } from './witness.ts'

export interface DecisionLogSettings extends LogSettings {
  readonly witnesses: readonly WitnessTarget[]
}

interface Needs {
  readonly database: Database
  readonly jobs: Jobs
  readonly keys: KeyRing
  readonly log: Logger
  readonly settings: DecisionLogSettings
  readonly rulesVersion: string
  /** In the transaction of each new head of an organisation's log. */
  readonly onHead?: (tx: Tx) => void
}

/** The log as a whole: what is recorded is integrated, signed, covered by the operator's tree and shown to witnesses. */
export function decisionLog({ database, jobs, keys: ring, log, settings, rulesVersion, onHead: told }: Needs) {
  const keys = logKeys(ring, settings)
  const witness = witnessing({ database, jobs, targets: settings.witnesses })
  const operator = new OperatorLog({ database, keys, log, onHead: witness.request })
  const onHead = async (tx: Tx) => {
    told?.(tx)
    tx.afterCommit(() => operator.wake(tx.organizationId))
    await witness.request(tx)
  }
  const sequencer = new Sequencer({ database, keys, log, onHead })
  return {
    ...logService({ database, keys, rulesVersion }),
    feed: logFeed(database),
    wake: (organizationId: string) => sequencer.wake(organizationId),
    start() {
      sequencer.start()
      operator.start()
    },
    async stop() {
      await sequencer.stop()
      await operator.stop()
    },
  }
}
