import { setTimeout as pause } from 'node:timers/promises'
import type { Step } from './plan.ts'
import type { RpcProxy } from './rpc-proxy.ts'
import type { Servers } from './servers.ts'
import type { Tally } from './tally.ts'
import type { EngineHouse, World } from './world.ts'

export interface Victims {
  readonly world: World
  readonly proxy: RpcProxy
  readonly servers: Servers
  readonly house: EngineHouse | undefined
  readonly tally: Tally
}

/** Does to the world what the plan says, one thing after the other, and leaves everything running. */
export async function wreak(steps: readonly Step[], victims: Victims): Promise<{ kills: number }> {
  let kills = 0
  for (const step of steps) {
    await pause(step.afterMs)
    victims.tally.add(nameOf(step))
    if (step.what.startsWith('kill')) kills += 1
    await take(step, victims)
  }
  // What an Engine forgot to write down it does again when it comes up.
  await victims.house?.stop()
  await victims.house?.start()
  victims.house?.engine.heal()
  victims.house?.engine.behave()
  await victims.servers.restart()
  return { kills }
}

function nameOf(step: Step): string {
  switch (step.what) {
    case 'kill servers':
      return step.numbers.length > 1 ? 'several servers killed at once' : 'server killed'
    case 'kill database':
      return 'database killed'
    case 'cut database':
      return 'database cut off'
    case 'kill chain':
      return 'chain killed'
    case 'reorganise':
      return step.isForgetting ? 'chain reorganised, its transactions forgotten' : 'chain reorganised'
    case 'stall chain':
      return 'chain stalled'
    case 'stop engine':
      return 'engine away'
    case 'spoil engine':
      return `engine: ${step.route} ${step.how}`
    case 'engine misbehaves':
      return `engine: ${step.how}`
  }
}

async function take(step: Step, { world, proxy, servers, house }: Victims): Promise<void> {
  const { database, chain } = world
  switch (step.what) {
    case 'kill servers':
      await servers.kill(step.numbers)
      await pause(step.downMs)
      return servers.restart()
    case 'kill database':
      return database.killAndRestart()
    case 'cut database':
      await database.way.cut()
      await pause(step.downMs)
      return database.way.mend()
    case 'kill chain':
      return chain.killAndRestart(proxy)
    case 'reorganise':
      return chain.reorganise(proxy, step)
    case 'stall chain':
      return chain.stall(step.downMs)
    case 'stop engine':
      await house?.stop()
      await pause(step.downMs)
      return house?.start()
    case 'spoil engine':
      return house?.engine.fail(step.route, step.how, step.times)
    case 'engine misbehaves':
      house?.engine.misbehave(step.how)
      await pause(step.forMs)
      return void house?.engine.state.misbehaviours.delete(step.how)
  }
}
