import type { Reason } from './api.ts'
import type { Entry } from './board.ts'
import type { Outcome } from './scenario.ts'
import type { Stage } from './stage.ts'

const windows: Record<string, string> = {
  ...{ TRANSACTION: 'in one payment', HOUR: 'an hour', DAY: 'a day', WEEK: 'a week', MONTH: 'a month' },
  LIFETIME: 'in all',
}

/** Why a task was not paid, as a person would say it. */
export function why({ task, reasons }: Entry, stage: Stage): string {
  return reasons.map((reason) => inWords(reason, task.reference, stage)).join('; ')
}

function inWords(reason: Reason, reference: string, stage: Stage): string {
  const money = (figure: unknown) => `${stage.format(BigInt(String(figure)))} ${stage.symbol}`
  switch (reason.code) {
    case 'limit.amountExceeded': {
      const window = windows[String(reason.window)] ?? String(reason.window)
      const left = reason.remaining === reason.cap ? '' : `, ${money(reason.remaining)} left`
      return `over its limit of ${money(reason.cap)} ${window}${left}`
    }
    case 'payee.notAllowed':
      return 'the payee is not on its list'
    case 'payee.denied':
      return 'the payee is on its deny list'
    case 'authority.proposeOnly':
      return 'it only proposes, a person decides'
    case 'authority.aboveApprovalThreshold':
      return `above ${money(reason.threshold)} a person decides`
    case 'payment.insufficientFunds':
      return String(reason.detail).includes(' holds 0 ') ? 'the wallet is empty' : 'too little money in the wallet'
    case 'task.duplicate':
      return `a duplicate, ${reference} is paid already`
    default:
      return String(reason.detail ?? reason.code)
  }
}

/** One line about a task that came to its outcome. */
export function eventLine(entry: Entry, stage: Stage): string {
  const { task, amount, outcome } = entry
  const payee = stage.nameOf(stage.payees.get(task.payee) ?? '')
  const line = `${(outcome ?? '').padEnd(6)} ${amountText(amount, stage)} to ${payee}, ${task.reference}`
  return outcome === 'paid' ? line : `${line}: ${why(entry, stage)}`
}

const amountText = (amount: bigint, { format, symbol }: Stage): string => `${format(amount).padStart(9)} ${symbol}`

export const seconds = (ms: number): string =>
  ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`

const colors: Record<Outcome | 'wrong' | 'faint' | 'strong', string> = {
  ...{ paid: '32', held: '33', denied: '31', failed: '35', wrong: '1;31', faint: '2', strong: '1' },
}
export type Paint = (text: string, as: keyof typeof colors) => string

/** Colours only where they are seen and wanted (https://no-color.org). */
export function painter(out: NodeJS.WritableStream & { isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  const isColoured = out.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  return (text, as) => (isColoured ? `\x1b[${colors[as]}m${text}\x1b[0m` : text)
}
