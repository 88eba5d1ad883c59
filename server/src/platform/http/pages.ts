import type { FastifyInstance } from 'fastify'
import { problemCatalogue } from '../problem.ts'

/** What a person finds at the root, and at the address that each problem names as its `type`. */
export function servePages(app: FastifyInstance): void {
  const open = { schema: { hide: true }, config: { needs: 'nothing' } } as const
  app.get('/', open, async (_request, reply) => reply.redirect('/docs'))
  app.get('/docs/errors', open, async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
      .send(errorsPage()),
  )
}

function errorsPage(): string {
  const rows = [...problemCatalogue]
    .sort((a, b) => a.code.localeCompare(b.code))
    .map(({ code, status, detail }) => `<tr id="${code}"><td><code>${code}</code><td>${status}<td>${asText(detail)}`)
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Wedi errors</title>
<style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse}
td,th{text-align:left;padding:.4rem .8rem;border-bottom:1px solid #ddd;vertical-align:top}tr:target{background:#fff3c4}</style>
<h1>Errors</h1><p>Each error is <code>application/problem+json</code> (RFC 9457); <code>code</code> is stable.</p>
<table><tr><th>Code<th>Status<th>Meaning${rows.join('')}</table>`
}

/** Our own words, but words: an apostrophe or an ampersand must not become markup. */
function asText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
