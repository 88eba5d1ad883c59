import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import { openHome } from './home.ts'
import { runModule, temporaryDirectory } from './testing.ts'

/** A process of its own that tries to open the home, prints the outcome and lives on. */
function opener(directory: string) {
  return runModule(`
    import { openHome } from './home.ts'
    try {
      openHome(${JSON.stringify(directory)})
      console.log('open')
    } catch (error) {
      console.log(error.message)
    }
    setInterval(() => undefined, 1000)`)
}

it('refuses a second holder by name, and takes over when the first was killed', async () => {
  const directory = join(temporaryDirectory(), 'home')
  const first = opener(directory)
  expect(await first.line).toBe('open')
  expect(() => openHome(directory)).toThrow(`process ${first.pid}`)
  await first.kill()
  const home = openHome(directory)
  home.release()
  expect(readdirSync(directory)).toEqual([])
})

it('is never held by two of many that open it in the same moment', async () => {
  const directory = join(temporaryDirectory(), 'home')
  const openers = Array.from({ length: 6 }, () => opener(directory))
  const outcomes = await Promise.all(openers.map(({ line }) => line))
  await Promise.all(openers.map((one) => one.kill()))
  expect(outcomes.filter((outcome) => outcome === 'open').length).toBeLessThanOrEqual(1)
}, 20_000)

it('takes over from a process whose id now belongs to another', () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, `lock-${process.ppid}-1`), '')
  openHome(directory).release()
  expect(existsSync(join(directory, `lock-${process.ppid}-1`))).toBe(false)
})

it('makes a secret once, for its owner only', () => {
  const home = openHome(join(temporaryDirectory(), 'home'))
  expect(home.read('key')).toBeUndefined()
  expect(home.secret('key', () => 'first')).toBe('first')
  expect(home.secret('key', () => 'second')).toBe('first')
  home.write('note', 'text')
  const modes = ['.', 'key', 'note'].map((name) => (statSync(home.path(name)).mode & 0o777).toString(8))
  expect([home.read('note'), ...modes]).toEqual(['text', '700', '600', '600'])
  home.release()
})
