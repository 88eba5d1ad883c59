import { createHash } from 'node:crypto'
import type { PaymentLinkRow } from '@wedi/database'
import { renderSVG } from 'uqr'
import type { Unit } from '#modules/chains'
import { chainNumber } from '#platform/caip'
import { formatUnits } from '../rules.ts'
import { tokenOf } from '../service/needs.ts'
import { script, style } from './assets.ts'

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Exactly this style and this script, and nothing from anywhere but here. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const words = {
  OPEN: 'Waiting for the payment',
  SETTLING: 'A payment is on its way',
  PAID: 'Paid. Thank you.',
  EXPIRED: 'This request has expired: please do not pay it any more.',
  CANCELED: 'This request was canceled: please do not pay it.',
}

interface Shown {
  readonly link: PaymentLinkRow
  readonly unit: Unit
  /** The chain, by its name. */
  readonly network: string
  /** What is to be paid, as it was chosen. */
  readonly amount: bigint
}

/** The request to be paid, for people: works without script, by keyboard, read aloud, and on a phone. */
export function payPage({ link, unit, network, amount }: Shown): string {
  const { symbol, decimals } = unit
  const isChosen = link.minAmount !== link.maxAmount
  const shown = formatUnits(amount, decimals)
  const status = link.status === 'OPEN' && link.settlingCount > 0 ? 'SETTLING' : link.status
  const title = `Pay ${shown} ${symbol}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${text(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>Payment request</h1>
<p class="amount">${text(shown)} <span>${text(symbol)}</span></p>
${link.description === null ? '' : `<p class="for">${text(link.description)}</p>`}
</header>
<p class="status" role="status" aria-live="polite" data-status="${status}" data-from="/pay/${link.slug}/status" data-words="${text(JSON.stringify(words))}">${words[status]}</p>
${isChosen && link.status === 'OPEN' ? chooser(link, { unit, shown }) : ''}
${link.status === 'OPEN' ? howToPay(link, amount, { unit, network }) : ''}
</main>
<footer>${text(network)}${link.expiresAt ? `, valid until <time datetime="${link.expiresAt.toISOString()}">${timeText(link.expiresAt)}</time>` : ''}</footer>
<script>${script}</script>
</body>
</html>
`
}

function chooser(link: PaymentLinkRow, { unit: { symbol, decimals }, shown }: { unit: Unit; shown: string }): string {
  const [least, most] = [link.minAmount, link.maxAmount].map((each) => formatUnits(each, decimals))
  return `<form method="get" aria-labelledby="choose">
<h2 id="choose">How much you pay</h2>
<label for="sum">Amount in ${text(symbol)}</label>
<div class="row">
<input id="sum" name="sum" inputmode="decimal" autocomplete="off" required pattern="[0-9]+([.,][0-9]+)?" value="${shown.replaceAll(',', '')}" aria-describedby="bounds">
<button type="submit">Change</button>
</div>
<p class="hint" id="bounds">From ${text(`${least} to ${most} ${symbol}`)}</p>
</form>`
}

function howToPay(
  link: PaymentLinkRow,
  amount: bigint,
  { unit: { symbol, decimals }, network }: { unit: Unit; network: string },
): string {
  const token = tokenOf(link.asset)
  const uri = `ethereum:${token.contract}@${chainNumber(token.chain)}/transfer?address=${link.payTo}&uint256=${amount}`
  const code = renderSVG(uri, { ecc: 'M', border: 2 }).replace(
    '<svg ',
    '<svg role="img" aria-label="QR code of this payment" ',
  )
  return `<section class="how" aria-labelledby="how">
<figure>${code}<figcaption>Scan with a wallet</figcaption></figure>
<div>
<h2 id="how">How to pay</h2>
<dl>
<div><dt>Amount</dt><dd>${text(`${formatUnits(amount, decimals)} ${symbol}`)}, exactly</dd></div>
<div><dt>To</dt><dd><code>${link.payTo}</code></dd></div>
<div><dt>Token</dt><dd><code>${token.contract}</code></dd></div>
<div><dt>Network</dt><dd>${text(network)}</dd></div>
</dl>
<p class="hint"><a class="button" href="${text(uri)}">Open in a wallet</a></p>
<p class="hint">Programs pay this same address by x402.</p>
</div>
</section>`
}

const timeText = (time: Date): string => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** Whatever somebody wrote stays text, also between quotes. */
const text = (words: string): string =>
  words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
