import { call } from './call.ts'

try {
  const { code, found, complaint } = await call(process.argv.slice(2))
  if (found !== undefined) process.stdout.write(`${found}\n`)
  if (complaint !== undefined) process.stderr.write(`${complaint}\n`)
  process.exitCode = code
} catch (error) {
  // Left to itself, a bug of ours would end as what was checked and found wrong.
  console.error(error)
  process.exitCode = 2
}
