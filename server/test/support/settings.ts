import type { DecisionLogSettings } from '#modules/decisions'

export const DECISION_LOG: DecisionLogSettings = { origin: 'wedi.test/log', keyNumbers: [1], witnesses: [] }
