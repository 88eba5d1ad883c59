import { type Logger, pino } from 'pino'

/** Where secrets could be, should one ever be handed to the log. */
const SECRETS = [
  'authorization',
  'headers.authorization',
  'req.headers.authorization',
  'secret',
  '*.secret',
  'token',
  '*.token',
]
const KEY = /wedi_(sk|ak|ik)_[0-9A-Za-z]+/g

/** JSON lines on standard error; standard output is for people. */
export function createLog(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      redact: { paths: SECRETS, censor: '[secret]' },
      hooks: { streamWrite: (line) => line.replace(KEY, 'wedi_$1_[secret]') },
    },
    pino.destination({ dest: 2, sync: true }),
  )
}

export type { Logger }
