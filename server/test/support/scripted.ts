/** Failures of a fake's routes, as a test scripts them. */
export interface Script<Route extends string, Failure extends string> {
  /** Requests that came in, by route. */
  readonly requests: Map<Route, number>
  /** The next calls of a route fail like this; without a number, all until `heal()`. */
  fail(route: Route, how: Failure, times?: number): void
  heal(): void
  /** Counts a request and says how it has to fail, if at all. */
  next(route: Route): Failure | undefined
}

export function scripted<Route extends string, Failure extends string>(): Script<Route, Failure> {
  const failures = new Map<Route, { how: Failure; left: number }>()
  const requests = new Map<Route, number>()
  return {
    requests,
    fail: (route, how, times = Number.POSITIVE_INFINITY) => void failures.set(route, { how, left: times }),
    heal: () => failures.clear(),
    next(route) {
      requests.set(route, (requests.get(route) ?? 0) + 1)
      const failure = failures.get(route)
      if (failure === undefined || failure.left <= 0) return undefined
      failure.left -= 1
      return failure.how
    },
  }
}
