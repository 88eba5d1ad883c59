/**
 * Writes package-lock.json anew after a change of dependencies (`node scripts/lock.mjs`).
 *
 * npm leaves optional packages of other platforms out of the lock when the registry at hand does not serve them, and
 * `npm ci` then refuses the lock it wrote itself. They are named here with version, os and cpu; npm fills in their
 * hashes where they are served.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], {
  stdio: 'inherit',
})
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const packages = lock.packages

for (const [at, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (!isLocked(at, name)) packages[`node_modules/${name}`] = placeholder(name, version, at !== '' && entry.dev)
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en')))
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)

/** Looks where Node would: beside the package, then one node_modules further up each time. */
function isLocked(from, name) {
  for (
    let base = from;
    ;
    base = base.includes('/node_modules/') ? base.slice(0, base.lastIndexOf('/node_modules/')) : ''
  ) {
    if (packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`]) return true
    if (base === '') return false
  }
}

function placeholder(name, version, isDevelopment) {
  const os = /darwin|win32|win-x64|windows|android|freebsd|openharmony|linux/
    .exec(name)?.[0]
    .replace(/^win.*$/, 'win32')
  const cpu = /arm64|x64|amd64|arm|riscv64|ppc64|s390x|ia32/.exec(name)?.[0].replace('amd64', 'x64')
  return {
    version: version.replace(/^[\^~]/, ''),
    ...(isDevelopment && { dev: true }),
    optional: true,
    ...(os && { os: [os] }),
    ...(cpu && { cpu: [cpu] }),
    ...(name.includes('musl') && { libc: ['musl'] }),
  }
}
