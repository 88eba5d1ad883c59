import { defineProblems } from '#platform/problem'

export const taskProblems = defineProblems('task', {
  notFound: [404, 'No task here has this id.'],
  duplicate: [409, 'A task with this dedupeKey exists already; `taskId` names it.'],
  stale: [
    409,
    'The assignment with this fencing token is over: the task was given to somebody else, canceled, or has ended otherwise.',
  ],
  notRemote: [409, 'The agent is hosted: Wedi runs its program, nobody claims for it.'],
  notCancelable: [409, 'The task is over, or its payment is on its way: it cannot be canceled any more.'],
  notRequeueable: [409, 'Only a task that failed, died or was canceled can be queued again.'],
})
