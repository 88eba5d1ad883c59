import { createRequire } from 'node:module'
import type { Address, Hex } from 'viem'
import { type ChainClient, sendAsDeveloper } from '../../src/embedded/chain-client.ts'

/** The part of the compiler that is used here; it brings no types. */
const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string }

/** A token that says 18 decimals and gives everyone enough; what differs is how it moves an amount. */
const sourceOf = (transfer: string): string => `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
contract Token {
  string public constant symbol = "ODD";
  uint8 public constant decimals = 18;
  mapping(address => uint256) private moved;
  event Transfer(address indexed from, address indexed to, uint256 value);
  function balanceOf(address) external pure returns (uint256) { return 1000000; }
  function transfer(address to, uint256 value) external returns (bool) { ${transfer} }
}`

export const oddities = {
  /** Nothing moves, and it says so without failing. */
  'returns false instead of failing': 'to; value; return false;',
  /** Who is paid gets less than was sent. */
  'keeps a fee': 'emit Transfer(msg.sender, to, value - 1); emit Transfer(msg.sender, address(this), 1); return true;',
  /** Says yes, and moves nothing. */
  'says it moved what it did not': 'to; value; return true;',
} as const

/** Compiled and put on a chain. */
export async function deployToken(node: ChainClient, transfer: string): Promise<Address> {
  const settings = { outputSelection: { '*': { Token: ['evm.bytecode.object'] } } }
  const sources = { 'Token.sol': { content: sourceOf(transfer) } }
  const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }))) as {
    contracts: { 'Token.sol': { Token: { evm: { bytecode: { object: string } } } } }
  }
  const data: Hex = `0x${output.contracts['Token.sol'].Token.evm.bytecode.object}`
  const { contractAddress } = await sendAsDeveloper(node, { data })
  if (!contractAddress) throw new Error('the token was not put on the chain')
  return contractAddress
}
