import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyContextConfig, FastifyInstance } from 'fastify'
import { inject } from 'vitest'
import { problemCatalogue } from '#platform/problem'

/** What the apps of a whole run answered, and what they say they answer. */
export interface Sightings {
  /** `createAgent 201` */
  readonly routes: ReadonlySet<string>
  /** `agent.notFound` */
  readonly codes: ReadonlySet<string>
  readonly document: OpenApi
  readonly knownCodes: readonly string[]
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
}
export interface OpenApiOperation {
  readonly operationId: string
  readonly parameters?: readonly { name: string; in: 'path' | 'query'; schema: Record<string, unknown> }[]
  readonly requestBody?: unknown
  readonly security?: readonly unknown[]
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

export interface Route extends FastifyContextConfig {
  readonly operationId: string
  readonly method: string
  readonly url: string
}

const routesOf = new WeakMap<object, Route[]>()

/** Every route of an app with what it declared at boot. */
export const routesOfApp = (http: object): readonly Route[] => routesOf.get(http) ?? []

// Fastify announces each server before anything is registered on it, so nothing of ours has to know that it is watched.
subscribe('fastify.initialization', (message) => watch((message as { fastify: FastifyInstance }).fastify))

function watch(app: FastifyInstance): void {
  const routes: Route[] = []
  routesOf.set(app, routes)
  app.addHook('onRoute', ({ schema, config, method, url }) => {
    if (schema?.operationId) routes.push({ ...config, operationId: schema.operationId, method: String(method), url })
  })
  app.addHook('onSend', async (_request, reply, payload) => {
    const isProblem = String(reply.getHeader('content-type')).startsWith('application/problem+json')
    if (isProblem && typeof payload === 'string') note('code', (JSON.parse(payload) as { code: string }).code)
    return payload
  })
  app.addHook('onResponse', async (request, reply) => {
    const operationId = request.routeOptions.schema?.operationId
    if (operationId !== undefined) note('route', `${operationId} ${reply.statusCode}`)
  })
}

const noted = new Set<string>()

function note(kind: 'code' | 'route', what: string): void {
  const line = `${kind} ${what}\n`
  if (noted.has(line)) return
  noted.add(line)
  appendFileSync(join(inject('infrastructure').sightings, `${process.pid}.txt`), line)
}

/** Keeps what the app says of itself, for the comparison at the end. Every app of a run says the same. */
export function noteDocument(document: object): void {
  const codes = problemCatalogue.map(({ code }) => code)
  writeFileSync(join(inject('infrastructure').sightings, 'document.json'), JSON.stringify({ document, codes }))
}

export function readSightings(directory: string): Sightings {
  const files = readdirSync(directory).filter((name) => name.endsWith('.txt'))
  const lines = files.flatMap((name) => readFileSync(join(directory, name), 'utf8').trim().split('\n'))
  const of = (kind: string) =>
    new Set(lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1)))
  const { document, codes } = JSON.parse(readFileSync(join(directory, 'document.json'), 'utf8'))
  return { routes: of('route'), codes: of('code'), document, knownCodes: codes }
}
