import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { OWN_TYPE, ownEntries } from './own.ts'

const SOURCES = fileURLToPath(new URL('../..', import.meta.url))
const NAME = /'([a-z][a-z-]*\.[A-Za-z]+)'/g

/** Whatever is named `area.act` where records are made; reasons and jobs among them do no harm. */
function namesWhereRecordsAreMade(): Set<string> {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  const texts = files
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(`${SOURCES}/${name}`, 'utf8'))
    .filter((text) => /\brecord(All)?\(/.test(text))
  return new Set(texts.flatMap((text) => [...text.matchAll(NAME)].map(([, name]) => name as string)))
}

it('refuses an agent every area under which Wedi itself records', () => {
  const ours = [...namesWhereRecordsAreMade()].filter((name) => name !== OWN_TYPE)
  expect(ours).toEqual(expect.arrayContaining(['payment.submitted', 'reconciliation.broken', 'wallet.frozen']))
  const isRefused = (type: string) => {
    try {
      ownEntries('an agent', { type })
      return false
    } catch {
      return true
    }
  }
  expect(ours.filter((type) => !isRefused(type))).toEqual([])
  for (const area of ['system', 'operator', 'instance', 'chain', 'runtime', 'log']) {
    expect([area, isRefused(`${area}.changed`)]).toEqual([area, true])
  }
  expect(isRefused('research.concluded')).toBe(false)
})
