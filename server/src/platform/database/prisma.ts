import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import { Prisma, PrismaClient } from '@wedi/database/client'
import pg from 'pg'
import type { TenantPool } from './tenant-pool.ts'

const READS = [
  'findFirst',
  'findFirstOrThrow',
  'findMany',
  'findUnique',
  'findUniqueOrThrow',
  'count',
  'aggregate',
  'groupBy',
] as const

type Read = (typeof READS)[number]
type Model = Uncapitalize<Prisma.ModelName>

/** Prisma's client with what reads, and nothing else. Each call is sent at once, and is a plain promise. */
export type ReadClient = { readonly [M in Model]: Pick<PrismaClient[M], Read> }

export interface Reader {
  /** What `find` asks through Prisma is asked as this organisation, each statement in a transaction of its own. */
  read<T>(organizationId: string, find: (prisma: ReadClient) => Promise<T>): Promise<T>
}

/**
 * Plain reads through Prisma on the tenant pool. Writes are SQL: a Prisma transaction takes twelve times as long as ours,
 * and Prisma sends all findUnique calls and all array transactions of one tick from the first caller's context, which
 * under row-level security hands one tenant's rows to another. So findUnique goes to findFirst here, and of the client
 * itself nothing is handed out: no transaction, no raw SQL, no $extends to get around this.
 */
export function createReader(pool: TenantPool): Reader {
  const tenant = new AsyncLocalStorage<string>()
  const client = new PrismaClient({ adapter: new PrismaPg(new PrismaPool(pool, tenant)) })
  const readClient = readsOnly(client)
  return { read: (organizationId, find) => tenant.run(organizationId, async () => await find(readClient)) }
}

/** The pool that Prisma's adapter sees: it has no connection, and passes each statement on as the tenant who reads. */
class PrismaPool extends pg.Pool {
  constructor(pool: TenantPool, tenant: AsyncLocalStorage<string>) {
    super()
    const query = async ({ text, values, types, rowMode }: AdapterQuery): Promise<unknown> => {
      const organizationId = tenant.getStore()
      if (organizationId === undefined) throw new Error('Prisma was asked outside read(): whose rows?')
      return pool.tenantQuery(organizationId, { text, values, types, rowMode })
    }
    const connect = async (): Promise<never> => {
      throw new Error('Prisma only reads here, outside transactions')
    }
    // pg.Pool's methods are overloaded for callbacks, which the adapter does not use.
    Object.assign(this, { query, connect })
  }
}

/** The one form in which adapter-pg 7.10.0 sends a statement. */
interface AdapterQuery {
  readonly text: string
  readonly values: unknown[]
  readonly types: pg.CustomTypesConfig
  readonly rowMode: 'array'
}

type Arguments = { readonly where?: Record<string, unknown> } | undefined
type Delegate = Record<Read, (query: Arguments) => Promise<unknown>>

function readsOnly(client: PrismaClient): ReadClient {
  // The methods' generics cannot be followed through a loop; ReadClient states them again for the caller.
  const delegates = client as unknown as Record<string, Delegate>
  const models = Object.values(Prisma.ModelName).map((name) => {
    const model = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
    return [model, Object.freeze(readsOf(delegates[model] as Delegate))]
  })
  return Object.freeze(Object.fromEntries(models)) as ReadClient
}

/** Async and awaited at once: Prisma's own promises only start when they are awaited, in whoever's context that is. */
function readsOf(delegate: Delegate): Delegate {
  const reads = READS.map((read) => [read, async (query: Arguments) => await delegate[read](query)])
  return {
    ...(Object.fromEntries(reads) as Delegate),
    findUnique: async (query) => await delegate.findFirst(withFlatKey(query)),
    findUniqueOrThrow: async (query) => await delegate.findFirstOrThrow(withFlatKey(query)),
  }
}

/**
 * findUnique names a composite key, `{ organizationId_id: { organizationId, id } }`; findFirst wants its fields. And
 * what findUnique refuses, an undefined field, findFirst would take for «any».
 */
function withFlatKey(query: Arguments): Arguments {
  const where = Object.fromEntries(
    Object.entries(query?.where ?? {}).flatMap(([key, value]) =>
      isComposite(key, value) ? Object.entries(value) : [[key, value]],
    ),
  )
  const fields = Object.values(where)
  if (fields.length === 0 || fields.includes(undefined)) throw new TypeError('findUnique needs every field of its key')
  return { ...query, where }
}

function isComposite(key: string, value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  return key.includes('_') && key.split('_').sort().join() === Object.keys(value).sort().join()
}
