import { localProvider, type WalletProvider } from '#modules/wallets'
import { keyRing } from '#platform/crypto'

export interface TestSigner {
  /** While it is away, what is to be signed waits: its payments stay open. */
  isAway: boolean
  /** For the server that signs with it. */
  readonly options: { masterKey: string; providers: readonly WalletProvider[] }
}

/** Local wallets whose keys can be out of reach for a while. */
export function aSigner(): TestSigner {
  const masterKey = 'the master key of a signer that may be away'
  const local = localProvider(keyRing(masterKey))
  const sign: typeof local.sign = (...args) => {
    if (signer.isAway) throw new Error('the signer is away')
    return local.sign(...args)
  }
  const signer: TestSigner = {
    isAway: false,
    options: { masterKey, providers: [{ ...local, signsHere: false, sign }] },
  }
  return signer
}
