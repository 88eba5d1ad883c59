import { Tar } from '../archive/tar.ts'
import { Misuse } from '../failures.ts'
import { progressOn } from '../progress.ts'
import { Replay } from '../replay/replay.ts'
import { loadRules } from '../replay/rules.ts'
import { type Report, verifyArchive } from '../verify/archive.ts'
import type { Witness } from '../verify/witness.ts'
import { type Command, type Finding, keysOf, readGiven, requiredKeys, textsOf } from './command.ts'

const WITNESS_TIMEOUT_MS = 30_000

/** `wedi verify`: is everything in this archive what was signed? */
export const verify: Command = {
  usage: 'verify ARCHIVE --key VKEY… [--witness FILE|URL…] [--operator-key VKEY…] [--replay] [--json]',
  operands: 1,
  options: {
    key: { type: 'string', multiple: true },
    witness: { type: 'string', multiple: true },
    'operator-key': { type: 'string', multiple: true },
    replay: { type: 'boolean' },
  },
  async run([path = ''], options) {
    const keys = requiredKeys(options.key)
    const operatorKeys = keysOf(options['operator-key'])
    const witnesses = await Promise.all(textsOf(options.witness).map(readWitness))
    const replay = options.replay === true ? new Replay(await loadRules()) : undefined
    const tar = new Tar(path)
    try {
      return shown(verifyArchive(tar, { keys, operatorKeys, witnesses, replay, progress: progressOn('entries') }))
    } finally {
      tar.close()
    }
  },
}

async function readWitness(name: string): Promise<Witness> {
  if (!/^https?:\/\//.test(name)) return { name, text: readGiven(name).toString() }
  try {
    const response = await fetch(name, { signal: AbortSignal.timeout(WITNESS_TIMEOUT_MS) })
    if (!response.ok) throw new Error(`it answered ${response.status}`)
    return { name, text: await response.text() }
  } catch (error) {
    throw new Misuse(`cannot read the witness ${name}: ${(error as Error).message}`)
  }
}

function shown(report: Report): Finding {
  const { origin, size, root, checkpoints, witnessed, redactedFields, replay, notLookedAt } = report
  const { operatorProof, coveredSize } = report
  const upTo = coveredSize === undefined ? '' : `, up to size ${coveredSize}`
  const lines = [
    `ok  ${origin}`,
    `    ${size} entries, root ${root}`,
    `    ${checkpoints} stored and ${witnessed} witnessed checkpoints agree`,
    `    ${redactedFields} fields redacted; operator's proof: ${operatorProof}${upTo}`,
  ]
  if (replay) lines.push(`    ${replay.replayed} verdicts made again, all the same`)
  for (const [reason, count] of Object.entries(replay?.skipped ?? {}))
    lines.push(`    ${count} not made again: ${reason}`)
  if (notLookedAt.length > 0) lines.push(`    not looked at: ${notLookedAt.length} files (${notLookedAt[0]}, …)`)
  return { lines, json: report }
}
