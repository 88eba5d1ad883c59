/**
 * Compiles the development chain's token into the committed artifact the server deploys, so that running Wedi needs no
 * Solidity compiler. `--check` writes nothing and exits 1 when the artifact is not what the source gives.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import solc from 'solc'

const name = 'DevelopmentDollar'
const folder = new URL('../server/src/embedded/token/', import.meta.url)
const artifact = new URL(`${name}.json`, folder)

/** The same bytes on every machine: no metadata, hence no path or hash of the source in the bytecode. */
const settings = {
  evmVersion: 'cancun',
  optimizer: { enabled: true, runs: 200 },
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
  outputSelection: { '*': { [name]: ['abi', 'evm.bytecode.object'] } },
}

function compile() {
  const file = `${name}.sol`
  const sources = { [file]: { content: readFileSync(new URL(file, folder), 'utf8') } }
  const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })))
  const complaints = (output.errors ?? []).map((error) => error.formattedMessage)
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
  const { abi, evm } = output.contracts[file][name]
  return `${JSON.stringify({ abi, bytecode: `0x${evm.bytecode.object}` }, null, 2)}\n`
}

const compiled = compile()
const path = fileURLToPath(artifact)
if (!process.argv.includes('--check')) {
  writeFileSync(artifact, compiled)
  console.log(`${path} written`)
} else if (readFileSync(artifact, 'utf8') !== compiled) {
  console.error(`${path} is not what ${name}.sol compiles to; run node scripts/compile-token.mjs`)
  process.exitCode = 1
}
