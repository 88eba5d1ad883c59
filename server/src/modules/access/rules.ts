import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { ApiKeyRow, KeyKind, KeyRole } from '@wedi/database'

const DAY_MS = 24 * 3_600_000

/** `wedi_<kind>_<id><secret><checksum>`; every key of every kind has this form. */
export type KeyPrefix = 'sk' | 'ak' | 'ik'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ID_LENGTH = 12
const SECRET_LENGTH = 43
const CHECKSUM_LENGTH = 6
const ID_BYTES = 9
const SECRET_BYTES = 32
const FORM = new RegExp(`^wedi_(sk|ak|ik)_([0-9A-Za-z]{${ID_LENGTH}})[0-9A-Za-z]{${SECRET_LENGTH + CHECKSUM_LENGTH}}$`)

export function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; rest > 0n; rest /= 62n) text = ALPHABET.charAt(Number(rest % 62n)) + text
  return text.padStart(length, '0')
}

const randomBase62 = (bytes: number, length: number): string =>
  base62(BigInt(`0x${randomBytes(bytes).toString('hex')}`), length).slice(-length)

/** CRC-32 (IEEE) of all characters before it: a mistyped key is told without a look at the database. */
export const checksum = (text: string): string => base62(BigInt(crc32(text)), CHECKSUM_LENGTH)

/** A new key out of 256 random bits. */
export function makeKey(prefix: KeyPrefix): string {
  const head = `wedi_${prefix}_${randomBase62(ID_BYTES, ID_LENGTH)}${randomBase62(SECRET_BYTES, SECRET_LENGTH)}`
  return head + checksum(head)
}

/** The kind and public id of a well-formed key; undefined for anything else. */
export function parseKey(text: string): { prefix: KeyPrefix; keyId: string } | undefined {
  const match = FORM.exec(text)
  if (!match || checksum(text.slice(0, -CHECKSUM_LENGTH)) !== text.slice(-CHECKSUM_LENGTH)) return undefined
  return { prefix: match[1] as KeyPrefix, keyId: match[2] as string }
}

/** What may be shown of a key: enough to recognise it. */
export const displayPrefixOf = (key: string): string => key.slice(0, 'wedi_sk_'.length + 4)

export const kindOf = (prefix: KeyPrefix): KeyKind => prefix.toUpperCase() as KeyKind
export const prefixOf = (kind: KeyKind): KeyPrefix => kind.toLowerCase() as KeyPrefix

/** What decisions about a key name it as. */
export const subjectOf = ({ kind, id }: Pick<ApiKeyRow, 'kind' | 'id'>): string =>
  `${kind === 'IK' ? 'integration-key' : 'api-key'}:${id}`

const READS = [
  'organizations:read',
  'agents:read',
  'capabilities:read',
  'chains:read',
  'wallets:read',
  'tasks:read',
  'payments:read',
  'approvals:read',
  'decisions:read',
  'reconciliation:read',
  'health:read',
  'events:read',
  'links:read',
] as const
const OPERATES = [
  'organizations:freeze',
  'agents:write',
  'credentials:read',
  'credentials:write',
  'capabilities:write',
  'wallets:write',
  'faucet:use',
  'tasks:write',
  'payments:create',
  'payments:write',
  'decisions:write',
  'health:write',
  'webhooks:read',
  'links:cancel',
] as const
const ADMINISTERS = [
  'organizations:write',
  'keys:read',
  'keys:write',
  'integration-keys:read',
  'integration-keys:write',
  'approvals:decide',
  'decisions:redact',
  'payments:resolve',
  'reconciliation:resolve',
  'webhooks:write',
] as const
/** What only an agent's own credential may do. */
const RUNS = ['instances:write', 'tasks:work'] as const
const ADMIN_OF_OPERATOR = 'platform:organizations'
/** Payment links are made with an integration key only: it says for whom, and what they may ask for. */
const COLLECTS = ['links:write'] as const

export type Permission =
  | (typeof READS)[number]
  | (typeof OPERATES)[number]
  | (typeof ADMINISTERS)[number]
  | (typeof RUNS)[number]
  | (typeof COLLECTS)[number]
  | typeof ADMIN_OF_OPERATOR

const byRole: Record<KeyRole, ReadonlySet<Permission>> = {
  ADMIN: new Set([...READS, ...OPERATES, ...ADMINISTERS]),
  OPERATOR: new Set([...READS, ...OPERATES]),
  APPROVER: new Set([...READS, 'approvals:decide']),
  AUDITOR: new Set([...READS, 'keys:read', 'webhooks:read']),
  VIEWER: new Set(READS),
}
const ofOperatorAdmin: ReadonlySet<Permission> = new Set([...byRole.ADMIN, ADMIN_OF_OPERATOR])
/** An agent's own credential: for that agent only, which the services check. */
const ofAgent: ReadonlySet<Permission> = new Set([
  ...(['agents:read', 'chains:read', 'payments:create', 'payments:read', 'decisions:write', 'health:read'] as const),
  ...(['events:read'] as const),
  ...RUNS,
])
const ofIntegration: ReadonlySet<Permission> = new Set([...COLLECTS, 'links:read', 'links:cancel', 'chains:read'])
const none: ReadonlySet<Permission> = new Set()

export function permissionsOf(key: {
  role: KeyRole | null
  prefix: KeyPrefix
  isOperator: boolean
}): ReadonlySet<Permission> {
  if (key.prefix === 'ak') return ofAgent
  if (key.prefix === 'ik') return ofIntegration
  if (key.role === null) return none
  return key.role === 'ADMIN' && key.isOperator ? ofOperatorAdmin : byRole[key.role]
}

/** True when no key of any kind is refused for lack of it. */
export const isGrantedToAll = (permission: string): boolean =>
  [...Object.values(byRole), ofAgent, ofIntegration].every((permissions) =>
    (permissions as ReadonlySet<string>).has(permission),
  )

/** How long before its end a key's end is announced; the last one is the end itself. */
const ANNOUNCED_MS = [7 * DAY_MS, DAY_MS, 0]
export const EXPIRED = ANNOUNCED_MS.length

/** How many of these announcements are due. */
export const announcementsDue = (expiresAt: Date, now: Date): number =>
  ANNOUNCED_MS.filter((before) => expiresAt.getTime() - before <= now.getTime()).length

/** How long until the next one is due; undefined after the last. */
export function nextAnnouncementInMs(expiresAt: Date, now: Date): number | undefined {
  const before = ANNOUNCED_MS[announcementsDue(expiresAt, now)]
  return before === undefined ? undefined : expiresAt.getTime() - before - now.getTime()
}

/** The end of a key's successor: it lives as long as the key was made to live, and no longer than `endsBy`. */
export function successorExpiry(
  key: { createdAt: Date; expiresAt: Date | null },
  { now, endsBy }: { now: Date; endsBy?: Date | undefined },
): Date | null {
  if (key.expiresAt === null) return endsBy ?? null
  const ends = new Date(now.getTime() + key.expiresAt.getTime() - key.createdAt.getTime())
  return endsBy !== undefined && endsBy < ends ? endsBy : ends
}
