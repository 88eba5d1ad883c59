import type { FastifyReply, FastifyRequest } from 'fastify'
import { isNamedBy } from '#platform/http/etag'
import type { Routes } from '#platform/routes'
import {
  ArchiveBytes,
  CheckpointText,
  Consistency,
  ConsistencyQuery,
  DecisionParams,
  KeysText,
  NotModified,
  OperatorCheckpointText,
  ReceiptText,
  TileBytes,
  TileParams,
} from './contract.ts'
import type { LogService } from './log/service.ts'
import type { Head } from './log-store.ts'
import { decisionProblems, logProblems } from './problems.ts'

const TEXT = 'text/plain; charset=utf-8'
/** Of one organisation and behind its key, so no cache that others share keeps it. */
const FOR_EVER = 'private, max-age=31536000, immutable'
const FOR_SECONDS = 'private, max-age=1'

/** What a cache of one client may keep, and for which of its keys. */
const keptBy = (reply: FastifyReply, cacheControl: string): FastifyReply =>
  reply.header('cache-control', cacheControl).header('vary', 'authorization')

function sendHead({ headers }: Pick<FastifyRequest, 'headers'>, reply: FastifyReply, { note, root, size }: Head) {
  const etag = `"${size}-${root.toString('base64url')}"`
  keptBy(reply, FOR_SECONDS).type(TEXT).header('etag', etag)
  return isNamedBy(headers['if-none-match'], etag) ? reply.code(304).send(null) : reply.send(note)
}

export const logRoutes =
  (log: LogService): Routes =>
  async (app) => {
    const tags = ['decisions']
    const { notFound, behind } = logProblems

    app.get(
      '/decisions/:decisionId/proof',
      {
        schema: { operationId: 'getDecisionProof', tags, params: DecisionParams, response: { 200: ReceiptText } },
        config: {
          needs: 'decisions:read',
          problems: [decisionProblems.notFound, decisionProblems.notIntegrated, behind],
        },
      },
      async ({ caller, params }, reply) => reply.type(TEXT).send(await log.receipt(caller, params.decisionId)),
    )

    app.get(
      '/log/checkpoint',
      {
        schema: { operationId: 'getLogCheckpoint', tags, response: { 200: CheckpointText, 304: NotModified } },
        config: { needs: 'decisions:read', problems: [behind] },
      },
      async (request, reply) => sendHead(request, reply, await log.checkpoint(request.caller)),
    )

    app.get(
      '/log/key',
      {
        schema: { operationId: 'getLogKey', tags, response: { 200: KeysText } },
        config: { needs: 'decisions:read' },
      },
      async ({ caller }, reply) => keptBy(reply, FOR_SECONDS).type(TEXT).send(log.keys(caller)),
    )

    app.get(
      '/log/operator/checkpoint',
      {
        schema: {
          ...{ operationId: 'getOperatorCheckpoint', tags },
          response: { 200: OperatorCheckpointText, 304: NotModified },
        },
        config: { needs: 'decisions:read', problems: [behind] },
      },
      async (request, reply) => sendHead(request, reply, await log.operatorCheckpoint()),
    )

    app.get(
      '/log/operator/key',
      {
        schema: { operationId: 'getOperatorKey', tags, response: { 200: KeysText } },
        config: { needs: 'decisions:read' },
      },
      async (_request, reply) => keptBy(reply, FOR_SECONDS).type(TEXT).send(log.operatorKeys()),
    )

    app.get(
      '/log/consistency',
      {
        schema: {
          ...{ operationId: 'getLogConsistency', tags, querystring: ConsistencyQuery },
          response: { 200: Consistency },
        },
        config: { needs: 'decisions:read', problems: [behind] },
      },
      async ({ caller, query }) => log.consistency(caller, query),
    )

    app.get(
      '/log/export',
      {
        schema: { operationId: 'exportLog', tags, response: { 200: ArchiveBytes } },
        config: { needs: 'decisions:read', problems: [behind] },
      },
      async ({ caller }, reply) => {
        const { bytes, size, name, etag } = await log.archive(caller)
        return reply
          .type('application/x-tar')
          .header('content-length', size)
          .header('etag', etag)
          .header('content-disposition', `attachment; filename="${name}"`)
          .send(bytes)
      },
    )

    app.get(
      '/log/tile/*',
      {
        schema: { operationId: 'getLogTile', tags, params: TileParams, response: { 200: TileBytes } },
        config: { needs: 'decisions:read', problems: [notFound] },
      },
      async ({ caller, params }, reply) => {
        const bytes = await log.tile(caller, params['*'])
        return keptBy(reply, FOR_EVER).type('application/octet-stream').send(bytes)
      },
    )
  }
