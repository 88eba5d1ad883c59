import { isObject, parseJson } from '../canonical.ts'
import { Untrue } from '../failures.ts'
import { readSignedCheckpoint } from '../tlog/checkpoint.ts'
import { isConsistent } from '../tlog/merkle.ts'
import { readProof } from '../tlog/receipt.ts'
import { type Command, readGiven, requiredKeys, requiredText } from './command.ts'

/** `wedi verify-consistency`: does the log of the newer checkpoint begin with all of the older's? */
export const verifyConsistency: Command = {
  usage: 'verify-consistency OLDER NEWER --proof FILE --key VKEY… [--json]',
  operands: 2,
  options: { proof: { type: 'string' }, key: { type: 'string', multiple: true } },
  run([olderPath = '', newerPath = ''], options) {
    const keys = requiredKeys(options.key)
    const older = readSignedCheckpoint(readGiven(olderPath).toString(), keys, olderPath)
    const newer = readSignedCheckpoint(readGiven(newerPath).toString(), keys, newerPath)
    if (older.origin !== newer.origin) throw new Untrue(`two logs: ${older.origin} and ${newer.origin}`)
    const answer = parseJson(readGiven(requiredText('proof', options.proof)).toString(), 'the proof')
    const hashes = isObject(answer) ? answer.proof : answer
    if (!Array.isArray(hashes)) throw new Untrue('the proof is not a list of hashes')
    if (!isConsistent(older, newer, readProof(hashes, 'the proof'))) {
      throw new Untrue(`size ${newer.size} is not proven to begin with the log of size ${older.size}`)
    }
    const json = { origin: newer.origin, from: older.size, to: newer.size }
    return { lines: [`ok  ${json.origin}`, `    size ${json.to} begins with all of size ${json.from}`], json }
  },
}
