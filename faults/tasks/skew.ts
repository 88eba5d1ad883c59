/** Loaded before a server (`--import`): its clock runs ahead of everybody else's, or behind, by so many milliseconds. */
const skewMs = Number(process.env.FAULTS_SKEW_MS ?? 0)
const right = Date.now
const now = () => right() + skewMs

globalThis.Date = new Proxy(Date, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
  get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
})
