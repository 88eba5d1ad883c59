import type { FastifyInstance } from 'fastify'

/**
 * For routes whose bodies are signed by others: what a signature covers are the bytes as they came, so these routes get
 * a Buffer and check by themselves what is in it. Only for the plugin it is called in.
 */
export function readRawBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes))
  scope.setValidatorCompiler(() => () => true)
}
