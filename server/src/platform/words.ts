/**
 * Somebody else's words, at most so many characters, as something that can be stored: PostgreSQL takes neither a NUL nor
 * half of a character that was cut in two.
 */
export const wordsOf = (text: string, maxLength: number): string =>
  text.slice(0, maxLength).toWellFormed().replaceAll('\0', '')
