import canonicalize from 'canonicalize'

/** RFC 8785 text of a JSON value. Throws for what JSON cannot say (undefined, bigint, lone surrogates). */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('not a JSON value')
  return text
}
