import type { Routes } from '#platform/routes'
import {
  ArchiveBytes,
  CheckpointText,
  Consistency,
  ConsistencyQuery,
  DecisionParams,
  KeysText,
  NotModified,
  ReceiptText,
  TileBytes,
  TileParams,
} from './contract.ts'
import type { LogService } from './log/service.ts'
import { decisionProblems, logProblems } from './problems.ts'

const TEXT = 'text/plain; charset=utf-8'
/** Of one organisation and behind its key, so no cache that others share keeps it. */
const FOR_EVER = 'private, max-age=31536000, immutable'
const FOR_SECONDS = 'private, max-age=1'

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
      async ({ caller, headers }, reply) => {
        const { note, root, size } = await log.checkpoint(caller)
        const etag = `"${size}-${root.toString('base64url')}"`
        reply.type(TEXT).header('etag', etag).header('cache-control', FOR_SECONDS)
        if (headers['if-none-match'] === etag) return reply.code(304).send(null)
        return reply.send(note)
      },
    )

    app.get(
      '/log/key',
      {
        schema: { operationId: 'getLogKey', tags, response: { 200: KeysText } },
        config: { needs: 'decisions:read' },
      },
      async ({ caller }, reply) => reply.type(TEXT).send(log.keys(caller)),
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
        return reply.type('application/octet-stream').header('cache-control', FOR_EVER).send(bytes)
      },
    )
  }
