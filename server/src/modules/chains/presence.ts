/** After this one caller tries again whether the node is back. */
const PAUSE_MS = 2000

/**
 * Whether a node answers at all. While it does not, one caller at a time tries it and all others hear so at once: whoever
 * waits for a node that hangs holds up the chains that do not.
 */
export function presence({ isSilence, away }: { isSilence: (error: unknown) => boolean; away: () => Error }) {
  let tryAt: number | undefined
  let answeredAt = 0

  function heard(): void {
    answeredAt = performance.now()
    tryAt = undefined
  }

  return async function through<T>(ask: () => Promise<T>): Promise<T> {
    const askedAt = performance.now()
    if (tryAt !== undefined) {
      if (askedAt < tryAt) throw away()
      tryAt = Number.POSITIVE_INFINITY
    }
    try {
      const answer = await ask()
      heard()
      return answer
    } catch (error) {
      if (!isSilence(error)) heard()
      // One question left open among others that were answered since says nothing of the node.
      else if (askedAt >= answeredAt) tryAt = performance.now() + PAUSE_MS
      throw error
    }
  }
}
