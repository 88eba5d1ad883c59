/** What the demo plays, and how each task has to end. The amounts are in the development chain's dollar. */

export type Outcome = 'paid' | 'held' | 'denied' | 'failed'
export const outcomes: readonly Outcome[] = ['paid', 'held', 'denied', 'failed']

export const payees = {
  nordwind: 'Nordwind Paper',
  halden: 'Halden Hosting',
  kestrel: 'Kestrel Logistics',
  brightside: 'Brightside Cleaning',
  meridian: 'Meridian Legal',
  oakiron: 'Oak & Iron Furniture',
  zephyr: 'Zephyr Holdings',
  castor: 'Castor Trading',
} as const
export type PayeeId = keyof typeof payees

export type AgentSlug = 'payables' | 'treasurer' | 'assistant'

export interface DemoAgent {
  readonly slug: AgentSlug
  readonly name: string
  readonly description: string
  readonly authorityLevel: 'AUTONOMOUS' | 'SUPERVISED' | 'PROPOSE'
  readonly tags: readonly string[]
  readonly allow: readonly PayeeId[] | '*'
  readonly deny: readonly PayeeId[]
  readonly limits: readonly { window: 'TRANSACTION' | 'DAY'; maxAmount: string }[]
  readonly approvalAbove?: string
  readonly funding: string
}

/** Who may take the tasks that name no agent; not a word an agent of the user's own would carry. */
export const SUPPLIERS = 'demo-suppliers'

const suppliers: readonly PayeeId[] = ['nordwind', 'halden', 'kestrel', 'brightside', 'meridian']

/** The day limits have room for everything that is to be paid, so the outcome is the same on any date and at midnight. */
export const agents: readonly DemoAgent[] = [
  {
    ...{ slug: 'payables', name: 'Accounts payable', authorityLevel: 'AUTONOMOUS', tags: [SUPPLIERS] },
    description: 'Pays the invoices of known suppliers by itself',
    ...{ allow: suppliers, deny: ['castor'], funding: '10000' },
    limits: [
      { window: 'TRANSACTION', maxAmount: '1500' },
      { window: 'DAY', maxAmount: '8000' },
    ],
  },
  {
    ...{ slug: 'treasurer', name: 'Treasurer', authorityLevel: 'SUPERVISED', tags: [SUPPLIERS, 'treasury'] },
    description: 'Pays larger amounts; above its threshold a person decides',
    ...{ allow: '*', deny: ['castor'], approvalAbove: '2500', funding: '30000' },
    limits: [
      { window: 'TRANSACTION', maxAmount: '20000' },
      { window: 'DAY', maxAmount: '50000' },
    ],
  },
  {
    ...{ slug: 'assistant', name: 'Office assistant', authorityLevel: 'PROPOSE', tags: ['office'] },
    description: 'Proposes purchases; a person decides on every one',
    ...{ allow: ['nordwind', 'oakiron'], deny: [], funding: '1000' },
    limits: [{ window: 'TRANSACTION', maxAmount: '800' }],
  },
]

export interface DemoTask {
  /** Unique; the reference, unless another task has the same. */
  readonly key: string
  readonly reference: string
  readonly payee: PayeeId
  readonly amount: string
  /** Undefined: whoever of those with the tag `SUPPLIERS` is least busy. */
  readonly agent: AgentSlug | undefined
  readonly outcome: Outcome
  /** The code that has to be among the reasons. */
  readonly because: string | undefined
  readonly starts: 'before any money' | 'with the money' | 'after the same invoice'
}

type Row = [reference: string, payee: PayeeId, amount: string, agent?: AgentSlug, outcome?: Outcome, because?: string]

const task = ([reference, payee, amount, agent, outcome = 'paid', because]: Row): DemoTask => ({
  ...{ key: reference, reference, payee, amount, agent, outcome, because, starts: 'with the money' },
})

const first: Row = ['INV-1001', 'halden', '240.00', 'payables', 'failed', 'payment.insufficientFunds']
const again: Row = ['INV-1007', 'nordwind', '64.75', 'payables', 'failed', 'task.duplicate']

const rows: Row[] = [
  ['INV-1002', 'nordwind', '42.00', 'payables'],
  ['INV-1003', 'halden', '318.50', 'payables'],
  ['INV-1014', 'kestrel', '87.30'],
  ['INV-1023', 'meridian', '1900.00', 'treasurer'],
  ['INV-1010', 'kestrel', '1890.00', 'payables', 'denied', 'limit.amountExceeded'],
  ['INV-1004', 'kestrel', '96.20', 'payables'],
  ['INV-1015', 'nordwind', '12.45'],
  ['INV-1028', 'oakiron', '389.00', 'assistant', 'held', 'authority.proposeOnly'],
  ['INV-1005', 'brightside', '150.00', 'payables'],
  ['INV-1016', 'brightside', '150.00'],
  ['INV-1025', 'oakiron', '4800.00', 'treasurer', 'held', 'authority.aboveApprovalThreshold'],
  ['INV-1006', 'meridian', '780.00', 'payables'],
  ['INV-1012', 'zephyr', '95.00', 'payables', 'denied', 'payee.notAllowed'],
  ['INV-1017', 'halden', '29.99'],
  ['INV-1007', 'nordwind', '64.75', 'payables'],
  ['INV-1018', 'kestrel', '118.00'],
  ['INV-1027', 'meridian', '25000.00', 'treasurer', 'denied', 'limit.amountExceeded'],
  ['INV-1019', 'meridian', '240.00'],
  ['INV-1008', 'kestrel', '210.10', 'payables'],
  ['INV-1011', 'meridian', '12400.00', 'payables', 'denied', 'limit.amountExceeded'],
  ['INV-1020', 'nordwind', '33.80'],
  ['INV-1024', 'halden', '2400.00', 'treasurer'],
  ['INV-1029', 'nordwind', '27.90', 'assistant', 'held', 'authority.proposeOnly'],
  ['INV-1009', 'halden', '1250.00', 'payables'],
  ['INV-1021', 'brightside', '75.00'],
  ['INV-1013', 'castor', '310.00', 'payables', 'denied', 'payee.denied'],
  ['INV-1026', 'kestrel', '7250.00', 'treasurer', 'held', 'authority.aboveApprovalThreshold'],
  ['INV-1022', 'halden', '58.60'],
]

export const tasks: readonly DemoTask[] = [
  { ...task(first), starts: 'before any money' },
  ...rows.map(task),
  { ...task(again), key: 'INV-1007-again', starts: 'after the same invoice' },
]
