/**
 * Installs what a command needs before it runs: `run` for the server, `all` for development and tests as well.
 * Plain JavaScript without dependencies, for it runs (as prestart and pretest) before anything is installed.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.wedi-install.json')
const lockFile = join(root, 'package-lock.json')
/** Outside node_modules, which `npm ci` deletes. */
const lockFolder = join(root, '.install-lock')

/** A holder touches its lock every 2 s; one that has not for so long was stopped or its process id went to another. */
const abandonedAfterMs = 30_000
const waitAtMostMs = 15 * 60_000

/**
 * No install scripts: the supervisor makes PostgreSQL's library links itself. Peer dependencies are all written down as
 * ordinary ones; read as edges, the optional peer `prisma` of @prisma/client would bring 260 MB into `run`.
 */
const flags = [
  '--include=optional',
  '--ignore-scripts',
  '--legacy-peer-deps',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
]

const modes = {
  run: { flags: ['--omit=dev'], satisfiedBy: ['run', 'all'], what: 'what Wedi needs to run (about 490 MB)' },
  all: { flags: ['--include=dev'], satisfiedBy: ['all'], what: 'what Wedi needs to run and to be tested (about 1 GB)' },
}

/** A failure the user can do something about; shown without a stack. */
class Unusable extends Error {}

async function main(modeName) {
  requireNode()
  const mode = modes[modeName]
  if (mode === undefined) throw new Unusable(`Usage: node scripts/install.mjs ${Object.keys(modes).join(' | ')}`)
  if (isSatisfied(mode)) return
  const release = await takeLock()
  try {
    if (!isSatisfied(mode)) await install(modeName, mode)
  } finally {
    release()
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new Unusable(`Wedi needs Node 20.19 or newer to install; this is ${process.version}. See https://nodejs.org`)
}

function isSatisfied(mode) {
  const stamp = readStamp()
  return stamp !== undefined && stamp.tree === treeHash() && mode.satisfiedBy.includes(stamp.mode)
}

function readStamp() {
  if (!existsSync(stampFile)) return undefined
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined // written halfway: install anew
    throw error
  }
}

/** What decides the contents of node_modules: the lock, the declared dependencies, and the platform they are chosen for. */
function treeHash() {
  const { workspaces = [] } = readJson('package.json')
  const declared = ['package.json', ...workspaces.map((folder) => join(folder, 'package.json'))].map((file) => {
    const { dependencies, devDependencies, optionalDependencies, overrides } = readJson(file)
    return [file, dependencies, devDependencies, optionalDependencies, overrides]
  })
  const hash = createHash('sha256').update(JSON.stringify([declared, process.platform, process.arch]))
  return hash.update(readFileSync(lockFile)).digest('hex')
}

function readJson(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

async function install(modeName, mode) {
  // With the same lock only packages are added: `npm ci` would delete node_modules under a running server.
  const isAddition = readStamp()?.tree === treeHash()
  const command = isAddition ? ['install', '--no-save'] : ['ci']
  const tree = treeHash()
  const startedAt = Date.now()
  console.log(`Installing ${mode.what}: npm ${command.join(' ')} …`)
  await npm([...command, ...mode.flags, ...flags])
  writeFileSync(stampFile, JSON.stringify({ tree, mode: modeName }))
  console.log(`Installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
}

/** Runs npm in the clone, with the Node that npm itself was started with: ours is inside the folder being replaced. */
async function npm(args) {
  const script = process.env.npm_execpath
  const [command, first] = script ? [process.env.npm_node_execpath ?? process.execPath, [script]] : ['npm', []]
  const child = spawn(command, [...first, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  const outcome = await new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new Unusable(`npm could not be started (${cause.message}); is it installed?`)),
    )
    child.once('exit', (code, signal) => resolve(signal ?? code))
  })
  if (outcome !== 0) {
    throw new Unusable(
      `npm failed (${outcome}); its message is above. Check the network and free disk space in ${root}, ` +
        'remove node_modules if another account made it, and run the same command again.',
    )
  }
}

/** Waits until no other process installs into this clone, and returns the release. */
async function takeLock() {
  const deadline = Date.now() + waitAtMostMs
  let isAnnounced = false
  while (!tryLock()) {
    if (Date.now() > deadline) throw new Unusable(`Another install holds ${lockFolder}. Remove it if none is running.`)
    if (!isAnnounced) console.log('Another process is installing in this folder; waiting for it …')
    isAnnounced = true
    removeAbandonedLock()
    await pause(200)
  }
  const heartbeat = setInterval(() => utimesSync(lockFolder, new Date(), new Date()), 2000)
  return () => {
    clearInterval(heartbeat)
    rmSync(lockFolder, { recursive: true, force: true })
  }
}

function tryLock() {
  try {
    mkdirSync(lockFolder)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    if (error.code === 'EACCES' || error.code === 'EROFS')
      throw new Unusable(`Cannot write to ${root}: ${error.message}`)
    throw error
  }
  writeFileSync(join(lockFolder, 'pid'), String(process.pid))
  return true
}

/** Renamed before it is removed: of two who find it abandoned, one fails to rename and goes on waiting. */
function removeAbandonedLock() {
  const aside = `${lockFolder}.${process.pid}`
  try {
    if (!isAbandoned(lockFolder)) return
    renameSync(lockFolder, aside)
  } catch (error) {
    if (error.code === 'ENOENT') return
    throw error
  }
  // Between the look and the renaming another may have removed the old lock and taken a new one: give that back.
  if (isAbandoned(aside)) rmSync(aside, { recursive: true, force: true })
  else renameSync(aside, lockFolder)
}

function isAbandoned(folder) {
  if (Date.now() - statSync(folder).mtimeMs > abandonedAfterMs) return true
  const pidFile = join(folder, 'pid')
  const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0
  if (!pid) return false // between mkdir and the write of its pid
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

try {
  await main(process.argv[2])
} catch (error) {
  if (!(error instanceof Unusable)) throw error
  console.error(`\n${error.message}`)
  process.exitCode = 1
}
