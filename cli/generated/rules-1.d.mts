export function verdict(question: object): { readonly verdict: string; readonly reasons: readonly unknown[] }
