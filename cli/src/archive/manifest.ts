import { isObject, parseJson } from '../canonical.ts'
import { Untrue } from '../failures.ts'
import type { Tar } from './tar.ts'

const FORMAT = 'wedi-log-archive@v1'

/** What the archive says of itself. Nobody signed it: each statement is checked against what was signed. */
export interface Manifest {
  readonly origin: string
  readonly organizationId: string
  readonly size: number
}

export function readManifest(tar: Tar): Manifest {
  const manifest = parseJson(tar.read('manifest.json').toString(), 'manifest.json')
  if (!isObject(manifest) || manifest.format !== FORMAT) throw new Untrue(`manifest.json is not of ${FORMAT}`)
  const { origin, organizationId } = manifest
  const size = Number(manifest.size)
  const isWhole = typeof origin === 'string' && typeof organizationId === 'string' && Number.isSafeInteger(size)
  if (!isWhole) throw new Untrue('manifest.json lacks origin, organizationId or size')
  return { origin, organizationId, size }
}
