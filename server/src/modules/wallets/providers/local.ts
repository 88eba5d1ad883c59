import { type Hex, hexToBytes, toHex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { chainNumber } from '#platform/caip'
import { type KeyRing, seal, unseal } from '#platform/crypto'
import { notInMode, type ProviderWallet, type WalletProvider } from '../provider.ts'

/**
 * The development default: keys made here, encrypted at rest under a key derived from the master key and bound to the
 * wallet they belong to. A key whose row was never stored had no address anyone knew.
 */
export function localProvider(keys: KeyRing): WalletProvider {
  const key = keys.derive('local-keystore')
  return {
    name: 'local',
    mode: 'signer',
    signsHere: true,
    async open(wallet) {
      const privateKey = generatePrivateKey()
      const { address } = privateKeyToAccount(privateKey)
      return { address, keystore: seal(key, hexToBytes(privateKey), contextOf(wallet)), metadata: {} }
    },
    async sign(wallet, { chain, ...transaction }) {
      if (wallet.keystore === null) throw new Error(`wallet ${wallet.id} has no keystore`)
      const privateKey: Hex = toHex(unseal(key, wallet.keystore, contextOf(wallet)))
      const account = privateKeyToAccount(privateKey)
      if (account.address !== wallet.address)
        throw new Error(`the keystore of wallet ${wallet.id} is of another account`)
      return account.signTransaction({ ...transaction, type: 'eip1559', chainId: chainNumber(chain) })
    },
    submit: async () => notInMode('local', 'submit'),
    status: async () => notInMode('local', 'report a status'),
  }
}

/** A keystore moved to another wallet's row does not open there. */
const contextOf = ({ organizationId, id }: ProviderWallet): string => `wallet/${organizationId}/${id}`
