import { flushCompileCache } from 'node:module'

/** Loaded before a server (`--import`). */

/** Servers that are killed never come to write down what was compiled: every start would cost twice as much. */
const COMPILED_MS = 4000
setTimeout(flushCompileCache, COMPILED_MS).unref()

/** The clock of this process runs ahead of everybody else's, or behind, by so many milliseconds. */
const skewMs = Number(process.env.FAULTS_SKEW_MS ?? 0)
if (skewMs !== 0) {
  const right = Date.now
  const now = () => right() + skewMs
  globalThis.Date = new Proxy(Date, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  })
}
