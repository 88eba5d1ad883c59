const QUIET_MS = 2000
const TERMINAL_MS = 200
const FILE_MS = 10_000
/** Looking at the clock for each entry would cost as much as a hash. */
const EVERY = 1000

/** Tells on standard error how far long work has come; short work is quiet. */
export function progressOn(what: string): (done: number, total: number) => void {
  const begun = performance.now()
  const { isTTY } = process.stderr
  let next = begun + QUIET_MS
  return (done, total) => {
    if (done % EVERY !== 0 && done !== total) return
    const now = performance.now()
    const isSaid = next > begun + QUIET_MS
    if (now < next && !(done === total && isSaid && isTTY)) return
    next = now + (isTTY ? TERMINAL_MS : FILE_MS)
    process.stderr.write(`${isTTY ? '\r' : ''}${done} of ${total} ${what}${isTTY && done < total ? '' : '\n'}`)
  }
}
