/** The part of bcrypt that is used here; it brings no types of its own. */
declare module 'bcrypt' {
  const bcrypt: {
    hash(text: string, cost: number): Promise<string>
    compare(text: string, hashed: string): Promise<boolean>
  }
  export default bcrypt
}
