import { sealInputs, leafOf, leafHashOf } from '/work/main/server/src/modules/decisions/rules.ts'
import { canonicalJson } from '/work/main/server/src/platform/canonical.ts'
import { sha256 } from '/work/main/server/src/platform/crypto.ts'
import { hash, randomBytes } from 'node:crypto'
import { toWire } from '/work/main/server/src/platform/wire.ts'
const cap = { tags: [], assets: [], chains: [], limits: [], payees: { deny: [], allow: [] }, revision: 1, expiresAt: null, providers: [], taskTypes: [], authorityLevel: 'OBSERVE', approvalThreshold: [] }
const env = { id: 'a'.repeat(36), organizationId: 'b'.repeat(36), actor: 'api-key:x', occurredAt: new Date(), type: 'capability.changed', subject: 'agent:1' }
const salt = randomBytes(16)
const b = (n: string, f: () => unknown) => { for (let r = 0; r < 3; r++) { const t = performance.now(); for (let i = 0; i < 2e4; i++) f(); if (r === 2) console.log(n, ((performance.now() - t) / 2e4 * 1e3).toFixed(1), 'us') } }
b('seal 11', () => sealInputs(cap))
b('canon x11', () => Object.values(cap).map(canonicalJson))
b('canon []', () => canonicalJson([]))
b('sha256 x11', () => { for (let i = 0; i < 11; i++) sha256(salt, '[]').toString('base64') })
b('hash x11', () => { for (let i = 0; i < 11; i++) hash('sha256', Buffer.concat([salt, Buffer.from('[]')]), 'base64') })
const { commitments } = sealInputs(cap)
b('leafOf', () => leafOf(env, commitments))
const leaf = leafOf(env, commitments)
b('leafHash', () => leafHashOf(leaf))
b('json', () => JSON.stringify(JSON.parse(leaf)))
const row = { ...env, createdAt: new Date(), updatedAt: new Date(), labels: ['a', 'b'], metadata: {}, a: 1, b: null, c: 'x', d: 'y', e: null }
b('toWire', () => toWire(row))
b('randomBytes 176', () => randomBytes(176))
