/** Decimal text to the asset's smallest unit, `'1250.5'` with 6 decimals is `1250500000n`. */
export function parseMoney(text: string, decimals: number): bigint {
  const [whole = '', fraction = ''] = text.split('.')
  if (!/^\d+$/.test(whole) || !/^\d*$/.test(fraction) || fraction.length > decimals)
    throw new Error(`no amount: ${text}`)
  return BigInt(whole + fraction.padEnd(decimals, '0'))
}

/** `1250500000n` with 6 decimals is `1,250.50`: two places at least, more only where they say something. */
export function formatMoney(amount: bigint, decimals: number): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals).replaceAll(/\B(?=(\d{3})+$)/g, ',')
  const fraction = digits
    .slice(digits.length - decimals)
    .replace(/0+$/, '')
    .padEnd(2, '0')
  return `${amount < 0n ? '-' : ''}${whole}.${fraction}`
}
