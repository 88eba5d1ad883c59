import { call } from './call.ts'

const { code, found, complaint } = await call(process.argv.slice(2))
if (found !== undefined) process.stdout.write(`${found}\n`)
if (complaint !== undefined) process.stderr.write(`${complaint}\n`)
process.exitCode = code
