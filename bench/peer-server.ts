import { startPeer } from './peer.ts'

await startPeer()
