/** What must hold of tasks whatever happens, by the name the table shows. */
export const TASK_INVARIANTS = [
  'ended twice',
  'acknowledged but lost',
  'old token taken',
  'token not higher',
  'taken too early',
  'given late',
  'over its slots',
  'over the cap of a key',
  'paid twice',
  'not recorded',
  'stuck',
  'memory',
  'odd answer',
] as const
export type TaskInvariant = (typeof TASK_INVARIANTS)[number]
