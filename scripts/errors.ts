import { readFileSync, writeFileSync } from 'node:fs'
import '../server/src/app.ts'
import { problemCatalogue } from '../server/src/platform/problem.ts'

/** Writes docs/errors.md from the catalogues of all modules; with `--check` only says whether it is up to date. */

const FILE = new URL('../docs/errors.md', import.meta.url)
const INTRODUCTION = `# Errors

Generated from the catalogues in the code by \`node scripts/errors.ts\`. Do not edit.

Every refusal is an \`application/problem+json\` document (RFC 9457) with \`type, title, status, code, detail, requestId\`.
\`code\` is stable; \`detail\` may say more than here. Invalid input comes with \`errors\`: the path and what is wrong there.
`

function render(): string {
  const byArea = Map.groupBy(problemCatalogue, ({ code }) => code.split('.', 1)[0] as string)
  const areas = [...byArea].map(([area, kinds]) => {
    const rows = kinds.map(({ code, status, detail }) => `| <a id="${code}"></a>\`${code}\` | ${status} | ${detail} |`)
    return `## ${area}\n\n| code | status | what it says |\n|---|---|---|\n${rows.join('\n')}\n`
  })
  return [INTRODUCTION, ...areas].join('\n')
}

function committed(): string {
  try {
    return readFileSync(FILE, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

if (!process.argv.includes('--check')) writeFileSync(FILE, render())
else if (committed() !== render()) {
  process.stderr.write('docs/errors.md is not what the code says: node scripts/errors.ts\n')
  process.exitCode = 1
}
