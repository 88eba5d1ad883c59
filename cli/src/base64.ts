/** Undefined unless it is the one base64 text of these bytes: with two spellings, two readers could disagree. */
export function base64(text: string, length?: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  const isExact = bytes.toString('base64') === text && (length === undefined || bytes.length === length)
  return isExact ? bytes : undefined
}
