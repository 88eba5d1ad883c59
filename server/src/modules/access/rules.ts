import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { KeyRole } from '@wedi/database'

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
] as const
const OPERATES = [
  'organizations:freeze',
  'agents:write',
  'credentials:write',
  'capabilities:write',
  'wallets:write',
  'faucet:use',
  'tasks:write',
  'payments:create',
  'payments:write',
  'decisions:write',
  'health:write',
] as const
const ADMINISTERS = [
  'organizations:write',
  'keys:read',
  'keys:write',
  'approvals:decide',
  'decisions:redact',
  'payments:resolve',
  'reconciliation:resolve',
] as const
/** What only an agent's own credential may do. */
const RUNS = ['instances:write', 'tasks:work'] as const
const ADMIN_OF_OPERATOR = 'platform:organizations'

export type Permission =
  | (typeof READS)[number]
  | (typeof OPERATES)[number]
  | (typeof ADMINISTERS)[number]
  | (typeof RUNS)[number]
  | typeof ADMIN_OF_OPERATOR

const byRole: Record<KeyRole, ReadonlySet<Permission>> = {
  ADMIN: new Set([...READS, ...OPERATES, ...ADMINISTERS]),
  OPERATOR: new Set([...READS, ...OPERATES]),
  APPROVER: new Set([...READS, 'approvals:decide']),
  AUDITOR: new Set([...READS, 'keys:read']),
  VIEWER: new Set(READS),
}
const ofOperatorAdmin: ReadonlySet<Permission> = new Set([...byRole.ADMIN, ADMIN_OF_OPERATOR])
/** An agent's own credential: for that agent only, which the services check. */
const ofAgent: ReadonlySet<Permission> = new Set([
  ...(['agents:read', 'chains:read', 'payments:create', 'payments:read', 'decisions:write', 'health:read'] as const),
  ...RUNS,
])
const none: ReadonlySet<Permission> = new Set()

export function permissionsOf(key: {
  role: KeyRole | null
  prefix: KeyPrefix
  isOperator: boolean
}): ReadonlySet<Permission> {
  if (key.prefix === 'ak') return ofAgent
  if (key.role === null) return none
  return key.role === 'ADMIN' && key.isOperator ? ofOperatorAdmin : byRole[key.role]
}

/** True when no key of any kind is refused for lack of it. */
export const isGrantedToAll = (permission: string): boolean =>
  [...Object.values(byRole), ofAgent].every((permissions) => (permissions as ReadonlySet<string>).has(permission))
