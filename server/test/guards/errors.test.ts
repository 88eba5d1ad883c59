import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import '../../src/app.ts'
import { problemCatalogue } from '#platform/problem'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

it('docs/errors.md is what the catalogues say (node scripts/errors.ts writes it)', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/errors.ts', '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

it('a code is defined once, as `area.reason`', () => {
  const codes = problemCatalogue.map(({ code }) => code)
  expect(new Set(codes).size).toBe(codes.length)
  for (const code of codes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z][A-Za-z]*$|^idempotency\.in_progress$/)
})
