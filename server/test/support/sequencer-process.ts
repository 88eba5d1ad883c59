import { decisionLog } from '#modules/decisions'
import { systemClock } from '#platform/clock'
import { keyRing } from '#platform/crypto'
import { Database } from '#platform/database/database'
import { Jobs } from '#platform/jobs'
import { createLog } from '#platform/log'
import { DECISION_LOG } from './settings.ts'

/** Nothing but the log's own work, in a process that a test can kill. */
const { DATABASE_URL = '', MASTER_KEY = '' } = process.env
const log = createLog('error')
const database = new Database({ connectionString: DATABASE_URL, clock: systemClock, log })
const jobs = new Jobs(database, log)
const keys = keyRing(MASTER_KEY)
decisionLog({ ...{ database, jobs, keys, log, settings: DECISION_LOG }, rulesVersion: 'test' }).start()
process.stdout.write('started\n')
