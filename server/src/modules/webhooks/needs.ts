import type { DecisionService, LogFeed } from '#modules/decisions'
import type { Clock } from '#platform/clock'
import type { KeyRing } from '#platform/crypto'
import type { Database } from '#platform/database/database'
import type { OutgoingSettings } from '#platform/http/outgoing'
import type { Logger } from '#platform/log'

export interface WebhookNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
  readonly keys: KeyRing
  readonly decisions: Pick<DecisionService, 'record'>
  readonly feed: Pick<LogFeed, 'size' | 'page' | 'at' | 'placeAt'>
  readonly outgoing: OutgoingSettings
}
