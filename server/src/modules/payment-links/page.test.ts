import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startApp, type TestApp } from '../../../test/support/app.ts'
import { expectOk } from '../../../test/support/client.ts'
import { expectProblem } from '../../../test/support/expect-problem.ts'
import { aCollector, aLink, type LinkView } from '../../../test/support/links.ts'

let app: TestApp
let link: LinkView
const DESCRIPTION = `<script>alert("1")</script> & 'two' coffees`
beforeAll(async () => {
  app = await startApp()
  link = await aLink(app, (await aCollector(app)).shop, { description: DESCRIPTION })
})
afterAll(() => app.stop())

const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const pageOf = ({ slug }: LinkView, query = '') => app.admin.as(undefined).get(`/pay/${slug}${query}`, HTML)
const hashesOf = (tag: string, html: string) =>
  [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  )

it('shows people what they pay, to whom, and a code that wallets read', async () => {
  const { text, headers } = await pageOf(link)
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  for (const said of ['<span>dUSD</span>', '2.50', link.payTo, 'Waiting for the payment']) expect(text).toContain(said)
  const uri = `ethereum:${app.token.slice(-42)}@31337/transfer?address=${link.payTo}&amp;uint256=2500000`
  expect(text).toContain(`href="${uri}"`)
  expect(text).toMatch(/<svg role="img" aria-label="[^"]+"/)
})

it('runs exactly its own script and style, and asks nobody else for anything', async () => {
  const { text, headers } = await pageOf(link)
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/^default-src 'none';/)
  expect(policy).not.toMatch(/unsafe|https?:|\*/)
  for (const tag of ['style', 'script']) {
    const [hash, ...more] = hashesOf(tag, text)
    expect(more).toEqual([])
    expect(policy).toContain(`${tag}-src ${hash};`)
  }
  const foreign = [...text.matchAll(/(?:src|href|action)="([^"]*)"/g)].map(([, to]) => to)
  expect(foreign.filter((to) => !to?.startsWith('ethereum:'))).toEqual([])
  expect(text.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//)
  expect(text).not.toMatch(/ (style|on[a-z]+)="/)
  expect([headers.get('x-frame-options'), headers.get('referrer-policy')]).toEqual(['DENY', 'no-referrer'])
})

it('keeps what somebody wrote from becoming markup', async () => {
  const { text } = await pageOf(link)
  expect(text).not.toContain('alert("1")')
  expect(text).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;two&#39; coffees')
})

it('is a page a screen reader finds its way in', async () => {
  const { text } = await pageOf(link)
  expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
  for (const landmark of ['main', 'header', 'footer', 'h1', 'title'])
    expect([landmark, text.match(new RegExp(`<${landmark}[ >]`, 'g'))?.length]).toEqual([landmark, 1])
  expect(text).toContain('name="viewport"')
  expect(text).toMatch(/role="status" aria-live="polite"/)
  const ids = [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  const named = [...text.matchAll(/ (?:for|aria-labelledby|aria-describedby)="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(named.filter((id) => !ids.includes(id))).toEqual([])
})

it('lets a payer choose within the bounds, by keyboard and without script', async () => {
  const { shop } = await aCollector(app)
  const open = await aLink(app, shop, { amount: { min: '1000000', max: '50000000' } })
  const { text } = await pageOf(open)
  expect(text).toMatch(/<label for="sum">.*<input id="sum" name="sum"/s)
  expect(text).toContain('From 1.00 to 50.00 dUSD')
  expect((await pageOf(open, '?sum=12.5')).text).toContain('uint256=12500000')
  for (const sum of ['0.99', '51', '1.2345678'])
    expectProblem(await pageOf(open, `?sum=${sum}`), 400, 'request.invalid')
})

it('says when it is over, and gives nobody a way to pay then', async () => {
  const { shop } = await aCollector(app)
  const closed = await aLink(app, shop)
  await expectOk(shop.post(`/v1/payment-links/${closed.id}/cancel`))
  const { text, status } = await pageOf(closed)
  expect([status, text.includes('<svg'), text.includes('data-status="CANCELED"')]).toEqual([200, false, true])
  expect(await expectOk(app.admin.get(`/pay/${closed.slug}/status`))).toEqual({
    ...{ status: 'CANCELED', paidCount: 0, maxPayments: 1, isSettling: false },
  })
})

it('is nothing where nobody made a link', async () => {
  for (const path of ['', '/status'])
    expectProblem(await app.admin.as(undefined).get(`/pay/nobodyHasThisSlug00000${path}`), 404, 'payment-link.notFound')
})
