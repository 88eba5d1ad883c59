type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
export type Call = <T>(method: Method, path: string, body?: unknown, signal?: AbortSignal) => Promise<T>

/** A client of the product's API, with this key. */
export function caller(address: string, key: string): Call {
  return async <T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> => {
    const writing = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }
    const response = await fetch(`${address}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && writing) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return (response.status === 204 ? undefined : await response.json()) as T
  }
}
