#!/usr/bin/env node

// Stands in for Prisma's native schema engine, a binary the CLI downloads on first use and cannot work without.
// Prisma publishes the same engine, from the same commit, as WebAssembly; this program speaks the native one's
// protocol (JSON-RPC, a line each way, on stdin and stdout; log lines as JSON on stderr) and lets that build answer
// over `pg`. So nothing is downloaded at run time and what runs is pinned, with its hash, in package-lock.json.
//
// Plain JavaScript, because the CLI starts it with whatever Node is first in PATH. ../prisma.config.ts points
// PRISMA_SCHEMA_ENGINE_BINARY here.

import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum as Column,
  DriverAdapterError,
} from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import pg from 'pg'

/** What the native engine exits with after a panic; the CLI turns exactly this number into a crash report. */
const EXIT_PANIC = 101
/** JSON-RPC error code of the native engine for an error a user can act on. */
const USER_ERROR = 4466
/** Far above the ids of the CLI's own requests, which count from one. */
const FIRST_PRINT_ID = 1_000_000

const enginePackage = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'))

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  // The native engine has more options than matter here; a newer CLI may send one more.
  strict: false,
  options: {
    datamodels: { type: 'string', multiple: true, default: [] },
    datasource: { type: 'string' },
    'enabled-preview-features': { type: 'string' },
    'extension-types': { type: 'string' },
    version: { type: 'boolean', short: 'V' },
  },
})
const datasource = options.datasource ? JSON.parse(options.datasource) : {}

function printVersion() {
  const { version } = JSON.parse(readFileSync(join(enginePackage, 'package.json'), 'utf8'))
  process.stdout.write(`schema-engine-cli ${version}\n`)
}

/** `schema-engine cli <command>`: one question about the database, answered by the exit code. */
async function runCommand(name) {
  // The CLI drops the first line of stderr, which in the native engine says that it starts.
  log('INFO', 'schema_engine', { message: `Starting schema engine CLI (${name})` })
  try {
    if (name === 'can-connect-to-database') await withClient(datasource.url, (client) => client.query('select 1'))
    else if (name === 'create-database') await createDatabase(datasource.url)
    else if (name === 'drop-database') await dropDatabase(datasource.url)
    else throw new Error(`unknown command ${name}`)
  } catch (error) {
    log('ERROR', 'schema_engine::logger', { message: messageOf(error), error_code: connectionErrorCode(error) })
    process.exitCode = 1
  }
}

/** What `prisma migrate` and `prisma db` talk to. */
function serve() {
  let panic
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => {
      panic = `RuntimeError: ${message}`
    },
  }
  process.on('uncaughtException', (error) => {
    log('ERROR', 'schema_engine::logger', { message: panic ?? messageOf(error), backtrace: error?.stack })
    process.exit(EXIT_PANIC)
  })

  // One after the other: the engine holds the advisory lock and the shadow database of one command at a time.
  let answered = Promise.resolve()
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      if (line.trim() === '') return
      const request = JSON.parse(line)
      // Without a method it is the CLI's acknowledgement of something we asked it to print.
      if (request.method) answered = answered.then(() => answer(request))
    })
    .on('close', () => answered.then(() => process.exit(0)))
}

async function answer({ id, method, params }) {
  try {
    send({ id, result: (await call(method, params)) ?? {} })
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) throw error
    send({ id, error: rpcError(error) })
  }
}

async function call(method, params) {
  if (method === 'createDatabase') return createDatabase(datasource.url)
  if (method === 'getDatabaseVersion') return (await engineFor(method)).version()
  if (method === 'diff') return printDiff(await (await engineFor(method, params)).diff(params))
  return (await engineFor(method))[method](params)
}

let printId = FIRST_PRINT_ID

/** The native engine asks the CLI to print the difference; the WebAssembly one returns it. */
function printDiff({ exitCode, stdout }) {
  if (stdout) send({ id: printId++, method: 'print', params: { content: stdout.replace(/\n$/, '') } })
  return { exitCode }
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}

function log(level, target, fields) {
  process.stderr.write(`${JSON.stringify({ level, target, fields })}\n`)
}

function rpcError(error) {
  // An exception in the adapter crosses WebAssembly as a number; the registry keeps the exception itself.
  const registered = error?.id === undefined ? undefined : adapter?.errorRegistry?.consumeError(error.id)?.error
  return {
    code: USER_ERROR,
    message: 'An error happened. Check the data field for details.',
    data: {
      is_panic: false,
      message: messageOf(registered ?? error),
      error_code: error?.code ?? (registered ? connectionErrorCode(registered) : null),
      meta: error?.meta ?? null,
    },
  }
}

let adapter
let engine

/** Started by the first request, which also says whether a database is needed at all. */
function engineFor(method, params) {
  engine ??= startEngine(method === 'diff' && isOffline(params) ? offlineFactory() : databaseFactory(datasource))
  return engine
}

function isOffline({ from, to }) {
  return [from, to].every((side) => side.tag === 'empty' || side.tag === 'schemaDatamodel')
}

function startEngine(factory) {
  const wasm = new WebAssembly.Module(readFileSync(join(enginePackage, 'schema_engine_bg.wasm')))
  const instance = new WebAssembly.Instance(wasm, { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  adapter = bindMigrationAwareSqlAdapterFactory(factory)
  const datamodels = options.datamodels.map((path) => [path, readFileSync(path, 'utf8')])
  return bindings.SchemaEngine.new(
    { datamodels: datamodels.length > 0 ? datamodels : undefined },
    (line) => process.stderr.write(line.endsWith('\n') ? line : `${line}\n`),
    adapter,
  )
}

/** A difference between files needs no database; the engine only asks for the server's version when it starts. */
function offlineFactory() {
  const refuse = async () => {
    throw new Error('this command was expected to need no database')
  }
  const connection = {
    provider: 'postgres',
    adapterName: 'offline',
    queryRaw: async () => ({
      columnNames: ['exists', 'version', 'numeric_version'],
      columnTypes: [Column.Boolean, Column.Text, Column.Int32],
      rows: [[true, 'PostgreSQL 18.4', 180004]],
    }),
    executeRaw: refuse,
    executeScript: refuse,
    startTransaction: refuse,
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    dispose: async () => {},
  }
  const connect = async () => connection
  return { provider: 'postgres', adapterName: 'offline', connect, connectToShadowDb: connect }
}

function databaseFactory({ url, shadowDatabaseUrl }) {
  if (!url)
    throw Object.assign(new Error('DATABASE_URL is not set, and this command needs a database.'), { code: 'P1012' })
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(url),
    connectToShadowDb: () => (shadowDatabaseUrl ? connect(shadowDatabaseUrl) : connectToTemporary(url)),
  }
}

async function connect(url) {
  const schema = new URL(url).searchParams.get('schema') ?? undefined
  const factory = new PrismaPg(
    // One connection that is never closed while idle: the engine's advisory lock lives in it.
    { connectionString: url, max: 1, idleTimeoutMillis: 0, application_name: 'prisma-migrate' },
    { schema },
  )
  return forMigrations(await factory.connect())
}

/** A shadow database of its own. adapter-pg's drops it while its pool is still connected, which PostgreSQL refuses. */
async function connectToTemporary(url) {
  const name = `prisma_migrate_shadow_db_${randomUUID()}`
  const database = pg.escapeIdentifier(name)
  await withClient(url, (client) => client.query(`CREATE DATABASE ${database}`))
  const connection = await connect(withDatabase(url, name))
  const dispose = connection.dispose.bind(connection)
  connection.dispose = async () => {
    await dispose()
    await withClient(url, (client) => client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`))
  }
  return connection
}

/** Two things of adapter-pg that suit a client's queries, but not migrations, done as the native engine does them. */
function forMigrations(connection) {
  const pool = connection.underlyingDriver()
  // adapter-pg splits at every semicolon, also inside a function's body.
  connection.executeScript = async (script) => {
    try {
      await pool.query(script)
    } catch (error) {
      if (error instanceof pg.DatabaseError) throw new DriverAdapterError(scriptError(error, script))
      connection.onError(error)
    }
  }
  // adapter-pg refuses the catalogue's own types ("char", int2vector, xid), which introspection reads.
  connection.queryRaw = async ({ sql, args }) => {
    try {
      const { fields, rows } = await pool.query({ text: sql, values: args, rowMode: 'array', types: engineTypes })
      return {
        columnNames: fields.map((field) => field.name),
        columnTypes: fields.map((field) => columnTypes[field.dataTypeID] ?? Column.Text),
        rows,
      }
    } catch (error) {
      connection.onError(error)
    }
  }
  return connection
}

/**
 * The engine rewords the errors whose code it knows, and drops what it has no field for, so code and place go into the
 * message. PostgreSQL counts characters from the start of the script; a person looks for a line.
 */
function scriptError({ code, severity, message, detail, hint, position }, script) {
  const line = position && script.slice(0, position - 1).split('\n').length
  const place = line ? ` (line ${line}: ${script.split('\n')[line - 1].trim()})` : ''
  const words = [`${code} ${message}${place}`, detail, hint].filter(Boolean).join('; ')
  return { kind: 'postgres', code: 'XX000', severity, message: words, originalCode: code, originalMessage: words }
}

const columnTypes = {
  16: Column.Boolean,
  18: Column.Character,
  20: Column.Int64,
  21: Column.Int32,
  23: Column.Int32,
  26: Column.Int64,
  114: Column.Json,
  700: Column.Float,
  701: Column.Double,
  1000: Column.BooleanArray,
  1002: Column.CharacterArray,
  1003: Column.TextArray,
  1005: Column.Int32Array,
  1007: Column.Int32Array,
  1009: Column.TextArray,
  1082: Column.Date,
  1114: Column.DateTime,
  1184: Column.DateTime,
  1700: Column.Numeric,
  2950: Column.Uuid,
  3802: Column.Json,
}

/** The engine parses dates, numbers beyond 32 bits and JSON itself; they reach it as text. */
const parsedByDriver = [16, 21, 23, 700, 701, 1000, 1005, 1007, 1009]
const engineTypes = {
  getTypeParser(oid, format) {
    // name[] and "char"[] are written like text[].
    if (oid === 1002 || oid === 1003) return pg.types.getTypeParser(1009, format)
    if (oid === 1184) return (text) => text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')
    if (oid === 1114) return (text) => `${text.replace(' ', 'T')}+00:00`
    return parsedByDriver.includes(oid) ? pg.types.getTypeParser(oid, format) : (text) => text
  },
}

async function withClient(url, use) {
  const client = new pg.Client({ connectionString: url, application_name: 'prisma-migrate' })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

async function createDatabase(url) {
  const databaseName = databaseOf(url)
  await withClient(withDatabase(url, 'postgres'), (client) =>
    client.query(`CREATE DATABASE ${pg.escapeIdentifier(databaseName)}`),
  )
  return { databaseName }
}

async function dropDatabase(url) {
  const databaseName = databaseOf(url)
  await withClient(withDatabase(url, 'postgres'), (client) =>
    client.query(`DROP DATABASE ${pg.escapeIdentifier(databaseName)} WITH (FORCE)`),
  )
  log('INFO', 'schema_engine::logger', { message: 'The database was successfully dropped.' })
}

function databaseOf(url) {
  return decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres'
}

function withDatabase(url, database) {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(database)}`
  return other.href
}

/** A connection refused on both of a host's addresses is an AggregateError: its own message is empty. */
function messageOf(error) {
  return error?.message || error?.errors?.[0]?.message || String(error)
}

/** Prisma's code for a failed connection. The CLI creates the database on P1003, and on nothing else. */
function connectionErrorCode(error) {
  const codes = { '3D000': 'P1003', '28P01': 'P1000', 28000: 'P1010', '42P04': 'P1009', ECONNREFUSED: 'P1001' }
  return codes[error?.code] ?? codes[error?.errors?.[0]?.code] ?? 'P1001'
}

if (options.version) printVersion()
else if (positionals[0] === 'cli') await runCommand(positionals[1])
else serve()
