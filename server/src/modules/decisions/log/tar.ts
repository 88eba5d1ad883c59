/** The little of ustar (POSIX.1-1988) that an archive of plain files needs: a header before each, zeros at the end. */

const BLOCK = 512
/** What eleven octal digits hold. */
const OCTAL_LIMIT = 8 ** 11
const NAME_BYTES = 100

export function tarHeader(name: string, size: number, modifiedAt: Date): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES) throw new RangeError(`${name} is too long a name for a tar header`)
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`
  header.write(name, 0)
  header.write(`${octal(0o644, 7)}${octal(0, 7)}${octal(0, 7)}`, 100)
  if (size < OCTAL_LIMIT) header.write(octal(size, 11), 124)
  else writeBinary(header, size)
  header.write(octal(Math.floor(modifiedAt.getTime() / 1000), 11), 136)
  // The checksum is taken with spaces in its place.
  header.write(' '.repeat(8), 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 6)} `, 148)
  return header
}

/** Base 256, told by its first bit: how GNU and POSIX readers take a size of 8 GiB or more. */
function writeBinary(header: Buffer, size: number): void {
  header[124] = 0x80
  header.writeBigUInt64BE(BigInt(size), 128)
}

export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
export const tarEnd = (): Buffer => Buffer.alloc(2 * BLOCK)
